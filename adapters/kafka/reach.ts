import { messageOf, Unavailable } from "@/application/faults.ts";
import { createClient, type KafkaConnection } from "./client.ts";

/**
 * The cluster's id, by one connection of its own and one try at each broker. Throws `Unavailable` when none answers, and another
 * error when one does but will not have this client.
 */
export async function clusterIdOf(deps: KafkaConnection): Promise<string> {
  // What the client says of a broker that does not answer is in the error, and whoever asks may ask again for hours.
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

/** What the client says where waiting mends nothing: a login or a right that is refused, a certificate that is not trusted. */
const REFUSALS = /SASL|AUTHORIZATION_FAILED/;
const UNTRUSTED = /certificate/i;

/** An outage, unless a person has to mend it. */
export function faultOf(error: unknown): Error {
  for (let at = error; at instanceof Error; at = at.cause) {
    const kind = "type" in at ? String(at.type) : at.name;
    if (REFUSALS.test(kind) || UNTRUSTED.test(at.message)) {
      return new Error(`the brokers cannot be used like this: ${at.message}`, { cause: error });
    }
  }
  return new Unavailable(`the log does not answer: ${messageOf(error)}`, { cause: error });
}
