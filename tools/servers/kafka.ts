import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchJars } from "./parts.ts";
import { portsOf } from "./ports.ts";
import { launch, run, waitForAnswer } from "./processes.ts";
import type { Server } from "./server.ts";

const VERSION = "4.1.1";
const artifacts = ["kafka_2.13", "kafka-tools"].map((artifact) => ({
  group: "org.apache.kafka",
  artifact,
  version: VERSION,
}));

/** Where Java finds Kafka and its command line tools. */
export const kafkaClasses = async (): Promise<string> => join(await fetchJars(`kafka-${VERSION}`, artifacts), "*");

type KafkaOptions = {
  /** Options of the Java virtual machine. */
  java?: string[];
  /** Further listeners by name, each with the port to advertise to clients, which is that of a proxy. */
  behind?: Record<string, number>;
  /** Further listeners by name that speak TLS, each with its certificate and key (PEM). */
  tls?: Record<string, { cert: string; key: string }>;
  /** Of these the listeners that want a login, each with its mechanism. */
  sasl?: Record<string, "PLAIN" | "SCRAM-SHA-512">;
  /** Who may log in, with the password. */
  users?: Record<string, string>;
  settings?: Record<string, string>;
  node?: KafkaNode;
};

/** One node of a cluster of several. `voters`: all nodes, as `ID@HOST:PORT` of their controllers; `cluster`: 16 bytes, base64url. */
type KafkaNode = { id: number; cluster: string; voters: string[] };

/** A cluster id. */
export const freshClusterId = (): string =>
  crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });

/** The ports of a node in its folder, also before it starts. */
export const kafkaPorts = (folder: string, more: string[] = []): Record<string, number> =>
  portsOf(folder, ["PLAINTEXT", "CONTROLLER", ...more]);

/**
 * Starts one Kafka node in KRaft mode, broker and controller in one process, which is a cluster of its own without `node`. A folder that has been used before keeps its ports
 * and its data.
 */
export async function startKafka(
  folder: string,
  { java = ["-Xmx512m"], behind = {}, tls = {}, sasl = {}, users = {}, settings: more = {}, node }: KafkaOptions = {},
): Promise<Server & { listeners: Record<string, number> }> {
  const lib = await kafkaClasses();
  const ports = kafkaPorts(folder, [...Object.keys(behind), ...Object.keys(tls)]);
  const port = ports.PLAINTEXT!;
  const { id, cluster, voters } = node ?? {
    id: 1,
    cluster: freshClusterId(),
    voters: [`1@127.0.0.1:${ports.CONTROLLER}`],
  };
  const replicas = voters.length;
  const inSync = Math.ceil(replicas / 2);
  const listeners = Object.entries(ports).filter(([name]) => name !== "CONTROLLER");
  const settings = join(folder, "server.properties");
  if (!existsSync(settings)) {
    Deno.writeTextFileSync(
      settings,
      [
        "process.roles=broker,controller",
        `node.id=${id}`,
        `controller.quorum.voters=${voters.join(",")}`,
        `listeners=${Object.entries(ports).map(([name, own]) => `${name}://127.0.0.1:${own}`).join(",")}`,
        `advertised.listeners=${
          listeners.map(([name, own]) => `${name}://127.0.0.1:${behind[name] ?? own}`).join(",")
        }`,
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=PLAINTEXT",
        `listener.security.protocol.map=${
          Object.keys(ports).map((name) => `${name}:${name in sasl ? "SASL_SSL" : name in tls ? "SSL" : "PLAINTEXT"}`)
            .join(",")
        }`,
        ...Object.entries(tls).flatMap(([name, certificate]) => keystore(name, certificate)),
        ...Object.entries(sasl).flatMap(([name, mechanism]) => login(name, mechanism, users)),
        `log.dirs=${join(folder, "data")}`,
        `offsets.topic.replication.factor=${replicas}`,
        `transaction.state.log.replication.factor=${replicas}`,
        `transaction.state.log.min.isr=${inSync}`,
        `share.coordinator.state.topic.replication.factor=${replicas}`,
        `share.coordinator.state.topic.min.isr=${inSync}`,
        "group.initial.rebalance.delay.ms=0",
        "auto.create.topics.enable=false",
        ...Object.entries(more).map(([name, value]) => `${name}=${value}`),
      ].join("\n"),
    );
    // The id stands in one word with its option, as it may begin with a hyphen.
    const scram = Object.values(sasl).includes("SCRAM-SHA-512")
      ? Object.entries(users).map(([name, word]) => `--add-scram=SCRAM-SHA-512=[name=${name},password=${word}]`)
      : [];
    const format = ["format", `--cluster-id=${cluster}`, "-c", settings, ...scram];
    await run("java", ["-cp", lib, "kafka.tools.StorageTool", ...format]);
  }
  const log = join(folder, "kafka.log");
  const process = await launch("java", [...java, "-cp", lib, "kafka.Kafka", settings], log);
  await waitForAnswer("Kafka", process, log, () => apiVersions(port));
  return {
    name: "kafka",
    process,
    port,
    version: VERSION,
    settings: { KAFKA_BROKERS: `127.0.0.1:${port}` },
    listeners: Object.fromEntries(listeners),
  };
}

/** The settings of a listener that speaks TLS. A value of several lines stands in one, with `\n` in it. */
function keystore(listener: string, { cert, key }: { cert: string; key: string }): string[] {
  const [chain, own] = [cert, key].map((pem) => pem.trim().replaceAll("\n", "\\n"));
  const of = `listener.name.${listener.toLowerCase()}.ssl.keystore`;
  return [`${of}.type=PEM`, `${of}.certificate.chain=${chain}`, `${of}.key=${own}`];
}

/** The settings of a listener that wants a login. */
function login(listener: string, mechanism: "PLAIN" | "SCRAM-SHA-512", users: Record<string, string>): string[] {
  const of = `listener.name.${listener.toLowerCase()}`;
  const names = Object.entries(users).map(([name, word]) => ` user_${name}="${word}"`).join("");
  const module = "org.apache.kafka.common.security";
  const jaas = mechanism === "PLAIN"
    ? `${module}.plain.PlainLoginModule required${names};`
    : `${module}.scram.ScramLoginModule required;`;
  return [
    `${of}.sasl.enabled.mechanisms=${mechanism}`,
    `${of}.${mechanism.toLowerCase()}.sasl.jaas.config=${jaas}`,
  ];
}

/** Asks the broker which requests it knows (ApiVersions, version 0), which it answers once it serves. */
async function apiVersions(port: number): Promise<void> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await connection.write(new Uint8Array([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]));
    const answer = new Uint8Array(16);
    const length = await connection.read(answer) ?? 0;
    if (length < 10 || answer[7] !== 1 || answer[8] !== 0 || answer[9] !== 0) {
      throw new Error("it does not say what it knows");
    }
  } finally {
    connection.close();
  }
}
