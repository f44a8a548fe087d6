import { messageOf, Unavailable } from "@/application/faults.ts";
import { createClient, type KafkaConnection } from "./client.ts";

/**
 * The cluster's id, over a connection of its own, with one try at each broker. Throws `Unavailable` when none answers, and
 * another error when a broker refuses this client.
 */
export async function clusterIdOf(deps: KafkaConnection): Promise<string> {
  // The error says why no broker answers. The client's warnings would repeat that for hours.
  const logger = { ...deps.logger, warn: () => {} };
  const admin = createClient({ ...deps, logger }, { retries: deps.brokers.length - 1 }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } catch (error) {
    throw faultOf(error);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** Errors that waiting does not mend: a refused login or right, a certificate that is not trusted. */
const REFUSALS = /SASL|AUTHORIZATION_FAILED/;
const UNTRUSTED = /certificate/i;

/** `Unavailable`, unless a person has to mend the error. */
export function faultOf(error: unknown): Error {
  for (const at of partsOf(error)) {
    const kind = "type" in at ? String(at.type) : at.name;
    if (REFUSALS.test(kind) || UNTRUSTED.test(at.message)) {
      const topic = "topic" in at ? `${String(at.topic)}: ` : "";
      return new Error(`the brokers cannot be used like this: ${topic}${at.message}`, { cause: error });
    }
  }
  return new Unavailable(`the log does not answer: ${messageOf(error)}`, { cause: error });
}

/** An error, its causes, and those that it gathers (`Topic creation errors` says nothing by itself). */
function* partsOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at;
    if ("errors" in at && Array.isArray(at.errors)) { for (const one of at.errors) yield* partsOf(one); }
  }
}
