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
  /** A prefix of the names of topics and groups on the cluster. */
  prefix?: string;
  /** TLS in PEM: `ca` is the authority to trust, `cert` and `key` identify this client. Each connection reads them again. */
  tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  login?: { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: () => string };
  logger: Logger;
};

/** Clients refresh their metadata this often, so they learn of an added partition within this time. */
export const METADATA_AGE_MS = 5_000;

/** Returns the name of a topic or group on the cluster. */
export const prefixTopic = ({ prefix = "" }: KafkaConnection, name: string): string => prefix + name;

/**
 * Creates a client. Each consumer and producer needs its own: consumers of one instance share offsets, which each join clears.
 * The client retries a request `retries` times. Its pauses double from 100 ms up to `maxRetryMs`.
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
    // The client throws its errors to the caller, so its own log lines are warnings at most.
    logCreator: () => ({ namespace, level, log }) => {
      if (level <= logLevel.WARN) logger.warn("kafka-client", { part: namespace, reason: log.message });
    },
  });
}

/** The password is a getter, as the client reads it for each connection and must see a changed one. */
const saslOf = ({ mechanism, username, password }: NonNullable<KafkaConnection["login"]>) =>
  ({
    mechanism,
    username,
    get password() {
      return password();
    },
  }) as SASLOptions;

/** Returns a `Buffer` over the bytes: kafkajs encodes any other view wrongly. */
export const bufferOf = (bytes: Uint8Array | null): Buffer | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
