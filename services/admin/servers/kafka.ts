import { join } from "node:path";
import { jars } from "./parts.ts";
import { answered, freePort, launch, run } from "./processes.ts";
import type { Server } from "./server.ts";

const VERSION = "4.1.1";
const artifacts = ["kafka_2.13", "kafka-tools"].map((artifact) => ({
  group: "org.apache.kafka",
  artifact,
  version: VERSION,
}));

/** One Kafka node in KRaft mode, broker and controller in one process. */
export async function startKafka(folder: string): Promise<Server> {
  const lib = join(await jars(`kafka-${VERSION}`, artifacts), "*");
  const [port, controller] = [freePort(), freePort()];
  const settings = join(folder, "server.properties");
  Deno.writeTextFileSync(
    settings,
    [
      "process.roles=broker,controller",
      "node.id=1",
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
      "controller.listener.names=CONTROLLER",
      "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
      `log.dirs=${join(folder, "data")}`,
      "offsets.topic.replication.factor=1",
      "transaction.state.log.replication.factor=1",
      "transaction.state.log.min.isr=1",
      "share.coordinator.state.topic.replication.factor=1",
      "share.coordinator.state.topic.min.isr=1",
      "group.initial.rebalance.delay.ms=0",
      "auto.create.topics.enable=false",
    ].join("\n"),
  );
  const id = crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
  // In one word with its option: an id may begin with a hyphen.
  await run("java", ["-cp", lib, "kafka.tools.StorageTool", "format", `--cluster-id=${id}`, "-c", settings]);
  const log = join(folder, "kafka.log");
  const process = await launch("java", ["-Xmx512m", "-cp", lib, "kafka.Kafka", settings], log);
  await answered("Kafka", process, log, () => apiVersions(port));
  return { name: "kafka", process, port, version: VERSION, settings: { KAFKA_BROKERS: `127.0.0.1:${port}` } };
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
