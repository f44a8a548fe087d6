import { certificateFault } from "@/application/shared/text/certificate_fault.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { createClient, type KafkaConnection } from "./client.ts";

/**
 * Returns the cluster's id. Opens a connection for it and tries each broker once.
 * Throws `Unavailable` when no broker answers, and another error when a broker refuses this client.
 */
export async function clusterIdOf(deps: KafkaConnection): Promise<string> {
  // The thrown error says why no broker answers. The client's own warnings would repeat it for hours.
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

/** Errors that a retry does not fix: a refused login, a missing permission, an untrusted certificate. */
const REFUSALS = /SASL|AUTHORIZATION_FAILED/;
const UNTRUSTED = /certificate|fatal alert: (UnknownCA|AccessDenied|HandshakeFailure)/i;

/** Returns `Unavailable` for an error that a retry may fix, and a plain `Error` for one that a person must fix. */
export function faultOf(error: unknown): Error {
  for (const at of partsOf(error)) {
    const kind = "type" in at ? String(at.type) : at.name;
    if (REFUSALS.test(kind) || UNTRUSTED.test(at.message)) {
      const topic = "topic" in at ? `${String(at.topic)}: ` : "";
      const why = certificateFault(at.message, "KAFKA");
      return new Error(`the brokers cannot be used like this: ${topic}${why}`, { cause: error });
    }
  }
  return new Unavailable(`the log does not answer: ${messageOf(error)}${hintOf(error)}`, { cause: error });
}

/**
 * Hints for errors that do not mention TLS although it is the likely reason: only one side speaks it, or the broker closed
 * the connection before the client could read why it refuses the client's certificate.
 */
const HINTS: [says: RegExp, hint: string][] = [
  [
    /Closed connection|read ECONNRESET|write EPIPE/i,
    "; a port that wants TLS or a certificate of its client closes so: look at KAFKA_TLS and KAFKA_CERT_FILE",
  ],
  [
    /wrong version number|packet length too long|before secure TLS|corrupt message|InvalidContentType/i,
    "; what answers there speaks no TLS: look at KAFKA_TLS",
  ],
];

function hintOf(error: unknown): string {
  for (const { message } of partsOf(error)) {
    const [, hint] = HINTS.find(([says]) => says.test(message)) ?? [];
    if (hint !== undefined) return hint;
  }
  return "";
}

/** Yields an error, its causes and its aggregated errors (kafkajs' `Topic creation errors` has the reasons only in these). */
function* partsOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at;
    if ("errors" in at && Array.isArray(at.errors)) { for (const one of at.errors) yield* partsOf(one); }
  }
}
