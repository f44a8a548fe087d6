import { join } from "node:path";
import type { KafkaConnection } from "@/adapters/kafka/connection/client.ts";
import { crc32c } from "@/adapters/kafka/records/crc32c.ts";
import { splitBatches } from "@/adapters/kafka/records/record_batch.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { sendBomb, sendTo } from "@/tests/support/kafka/bomb.ts";
import { CODECS, javaClient } from "@/tests/support/kafka/other_clients.ts";
import { silent as logger, text } from "@/tests/support/samples.ts";
import { commandOf } from "@/tests/faults/clients/commands.ts";
import type { Scenario } from "../scenario.ts";
import type { Way } from "@/tests/faults/world/servers.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { memoryOf } from "@/tests/faults/evidence/memory.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

const MOST_MEMORY_MB = 600;
const UNKNOWN_CODEC = 7;
/** A consumer that has much to read first may reach a place late, and an operator tries again then. */
const STUCK_MS = 60_000;
const PARK_MS = 120_000;

/** A place where nobody can read on, and which consumers of which services are stuck there. */
export type Place = { topic: string; partition: number; offset: string; services: Way[]; consumers: string[] };
const nameOf = ({ topic, partition }: Place) => `${topic}/${partition}`;

/** The batch at an offset as the broker has it in its file, and where that is. */
async function find({ servers, topics }: World, { topic, partition, offset }: Omit<Place, "services" | "consumers">) {
  const path = join(servers.kafkaData!, `${topics.named(topic)}-${partition}`, `${"0".repeat(20)}.log`);
  const bytes = await Deno.readFile(path);
  const raw = [...splitBatches(bytes)].find((one) =>
    one.length > 8 && String(new DataView(one.buffer, one.byteOffset).getBigInt64(0)) === offset
  );
  if (raw === undefined) throw new Error(`${path} has no batch at ${offset}`);
  return { path, raw, at: raw.byteOffset - bytes.byteOffset };
}

/** Gives a batch in the broker's file a codec that nobody knows. Its checksum is right. */
async function damage(world: World, place: Omit<Place, "services" | "consumers">): Promise<void> {
  const { path, raw, at } = await find(world, place);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  view.setInt16(21, view.getInt16(21) | UNKNOWN_CODEC);
  view.setUint32(17, crc32c(raw.subarray(21)));
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(raw);
}

/** Commands that Java's producer has compressed, with each codec. */
export async function sendCompressed({ servers, calls, workload }: World, topicOnCluster: string): Promise<void> {
  const java = javaClient(`127.0.0.1:${servers.kafka!.port}`);
  await Promise.all(CODECS.map(async (codec) => {
    const sent = Array.from({ length: 10 }, () => calls.begin("topic", { kind: "act", act: workload.draw() }));
    const records = sent.map(commandOf).map(({ key, headers, value }) => (
      { key: text(key)!, headers, value: text(value)! }
    ));
    await java.send({ topic: topicOnCluster, codec, records });
    calls.end(sent, "ok");
  }));
}

/** Waits until each place is said by the services that are stuck there. */
export async function wantStuck(world: World, places: Place[]): Promise<void> {
  for (const place of places) {
    for (const service of place.services) {
      const said = await until(world, async () => {
        const answer = await fetch(`${world.services.url(service)}/readyz?verbose`);
        const body = await answer.text();
        return answer.status === 503 && body.includes(`park ${nameOf(place)}@${place.offset} parks it`);
      }, STUCK_MS);
      if (!said) world.breach("I16", `${service} does not say that ${nameOf(place)} is stuck at ${place.offset}`);
    }
  }
}

/** A breach where other partitions of a topic stand still as well, or one that is stuck moves. */
async function wantOthersMove(world: World, { topic, partition, offset }: Place): Promise<void> {
  const positions = async () => {
    const rows = await world.tables.rows("trend", `SELECT * FROM ${world.tables.positions}`);
    return rows.filter((row) => String(row.topic) === topic).map((row) => (
      { own: Number(row.partition) === partition, next: Number(String(row.next).split("~")[0]) }
    ));
  };
  const sum = (rows: { own: boolean; next: number }[]) =>
    rows.filter(({ own }) => !own).reduce((all, { next }) => all + (next || 0), 0);
  const before = sum(await positions());
  if (!(await until(world, async () => sum(await positions()) > before, 15_000))) {
    world.breach("I8", `the other partitions of ${topic} stand still too`);
  }
  if ((await positions()).some(({ own, next }) => own && next > Number(offset))) {
    world.breach("I7", `${topic}/${partition} was passed without an operator's word`);
  }
}

/** Parks each place, as an operator does, and waits until all services are ready again. */
export async function park(world: World, places: Place[]): Promise<void> {
  for (const place of places) {
    const { raw } = await find(world, place);
    const headers = { "content-type": "application/vnd.kafka.record-batch" };
    const message = { topic: place.topic, key: null, headers, value: new Uint8Array(raw) };
    world.planted.push({ message, consumers: place.consumers });
    let [code, out, err] = [1, "", ""];
    const done = await until(world, async () => {
      ({ code, out, err } = await world.operate("dead-letters", ["park", `${nameOf(place)}@${place.offset}`], "web"));
      return code === 0;
    }, PARK_MS);
    world.say(out.trim().replaceAll("\n", "; "));
    if (!done) world.breach("I7", "an operator could not park what nobody can read", (out + err).slice(-300));
  }
  for (const service of ["web", "trend", "recommendation"] as const) {
    const ready = await until(world, async () => (await world[service]("GET", "/readyz"))?.status === 200, PARK_MS);
    if (!ready) world.breach("I12", `${service} is not ready again`);
  }
}

/** What nobody can decode, and what is only compressed. */
export const DECODING: Scenario[] = [
  {
    id: "F45",
    title: "records that no client can decode, among compressed ones",
    how:
      "Java's producer sends commands with each codec. A record that decompresses to more than a consumer takes goes to one " +
      "partition, and a batch in another one gets an unknown codec in the broker's own file. Those two stand still and are " +
      "said, all others go on; then an operator parks them.",
    needs: ["kafka"],
    invariants: ["I1", "I7", "I8", "I14", "I16"],
    partitions: 3,
    async run(world) {
      const { servers, services, topics, sleep, say, measure, breach } = world;
      const parts: KafkaConnection = { brokers: [`127.0.0.1:${servers.kafka!.port}`], clientId: "faults", logger };
      await sendCompressed(world, topics.named(TOPICS.activityCommands));
      say("Java's commands are in the topic, with every codec");
      const bomb = await sendBomb(parts, topics.named(TOPICS.activityCommands), 0);
      // Nobody may have the batch before it is damaged, so fetches that are under way have to end first.
      const readers = ["trend", "recommendation"] as const;
      for (const name of readers) services.signal(name, "SIGSTOP");
      await sleep(1_200);
      const place = { topic: TOPICS.activityEvents, partition: 1 };
      const value = Buffer.from("a record that is about to be damaged");
      const damaged = { ...place, offset: await sendTo(parts, { ...place, topic: topics.named(place.topic), value }) };
      await damage(world, damaged);
      for (const name of readers) services.signal(name, "SIGCONT");
      const places: Place[] = [
        {
          topic: TOPICS.activityCommands,
          partition: 0,
          offset: bomb,
          services: ["web"],
          consumers: ["activity-commands"],
        },
        { ...damaged, services: [...readers], consumers: [...readers] },
      ];
      say(`nobody can read on at ${places.map((one) => `${nameOf(one)}@${one.offset}`).join(" and ")}`);
      await wantStuck(world, places);
      await wantOthersMove(world, places[1]!);
      const memory = Math.max(...services.names().map((name) => memoryOf(services.pid(name))));
      measure("most memory of a service (MB)", Math.round(memory));
      if (memory > MOST_MEMORY_MB) {
        breach("I14", `a service took more than ${MOST_MEMORY_MB} MB`, `${Math.round(memory)} MB`);
      }
      await park(world, places);
      await sleep(1_000);
    },
  },
];
