import { Kafka, logLevel, type SASLOptions } from "kafkajs";
import type { Logger } from "@/application/ports.ts";
import { patchResolveOffsets } from "@/adapters/kafka/kafkajs_patches/ignore_committed.ts";
import { patchReconnect } from "@/adapters/kafka/kafkajs_patches/reset_on_reconnect.ts";
import { openSocket } from "./socket.ts";
import { patchEncoder } from "@/adapters/kafka/kafkajs_patches/own_encoder.ts";
import { patchDecoder } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import { patchRequestTimers } from "@/adapters/kafka/kafkajs_patches/request_timers.ts";

export type KafkaConnection = {
  brokers: string[];
  clientId: string;
  /** Stands before the names of topics and groups. */
  prefix?: string;
  /**
   * Connects over TLS; `ca` is the certificate authority to trust, `cert` and `key` show who this client is (PEM). They are read for
   * each connection.
   */
  tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  login?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: () => string };
  logger: Logger;
};

/** How long a partition that was added to a topic may stay unknown to a client. */
export const METADATA_AGE_MS = 5_000;

/** A topic's or group's name on the cluster. */
export const prefixTopic = ({ prefix = "" }: KafkaConnection, name: string): string => prefix + name;

/**
 * Each consumer and producer needs a client of its own: those of one instance share offsets that each join clears. `retries`:
 * how often the client itself tries again to reach a broker, after pauses that double from 100 ms up to `maxRetryMs`.
 */
export function createClient(
  { brokers, clientId, tls, login, logger }: KafkaConnection,
  { retries = 8, maxRetryMs = 5_000 } = {},
): Kafka {
  patchReconnect();
  patchRequestTimers();
  patchEncoder();
  patchResolveOffsets();
  patchDecoder();
  return new Kafka({
    brokers,
    clientId,
    ...(tls === undefined ? {} : { ssl: tls }),
    ...(login === undefined ? {} : { sasl: saslOf(login) }),
    socketFactory: openSocket,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: maxRetryMs, retries },
    logLevel: logLevel.WARN,
    // Faults reach the caller, so whatever the client logs itself is a warning at most.
    logCreator: () => ({ namespace, level, log }) => {
      if (level <= logLevel.WARN) logger.warn("kafka-client", { part: namespace, reason: log.message });
    },
  });
}

/** The client asks for the password whenever it connects, so that a new one holds from then on. */
const saslOf = ({ mechanism, username, password }: NonNullable<KafkaConnection["login"]>) =>
  ({
    mechanism,
    username,
    get password() {
      return password();
    },
  }) as SASLOptions;

/** Bytes as a `Buffer`: the client encodes any other view wrongly. */
export const bufferOf = (bytes: Uint8Array | null): Buffer | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
