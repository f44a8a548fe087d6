import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/codec.ts";
import type { Outgoing } from "@/application/messaging/ports.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import type { Planted } from "../check/letters.ts";
import type { Scenario } from "../scenario.ts";
import type { Way } from "../servers.ts";
import type { World } from "../world.ts";
import { until } from "./looks.ts";
import { poison } from "./poison.ts";

const PROJECTIONS = ["trend", "recommendation"];

/** Unusable messages for every consumer, among the others. */
const planted = (round: number): Planted[] => [
  ...poison(TOPICS.activityEvents, ACTIVITY.bookRated, `a${round}`).map((message) => ({
    message,
    consumers: PROJECTIONS,
  })),
  ...poison(TOPICS.catalogEvents, CATALOG.bookChanged, `c${round}`).map((message) => ({
    message,
    consumers: PROJECTIONS,
  })),
  ...poison(TOPICS.activityCommands, undefined, `d${round}`).map((message) => ({
    message,
    consumers: ["activity-commands"],
  })),
];

async function replay({ operate, say, breach }: World, service: Way = "trend"): Promise<void> {
  const { code, out, err } = await operate("dead_letters", ["replay", "--all", "--service", service], service);
  say(`replay: ${out.trim().split("\n").at(-1)}`);
  if (code !== 0) breach("I9", "a replay after the cause is gone failed", (out + err).trim().slice(-300));
}

/** Lets one reader's ratings fail in trend for a while; then the letters are settled. */
async function harmed(world: World, settle: () => Promise<void>): Promise<void> {
  const { tables, sleep, say, breach, measure } = world;
  const connection = await tables.connect("trend");
  await connection.run(
    "CREATE TRIGGER harm BEFORE INSERT ON vote FOR EACH ROW BEGIN IF NEW.reader = 'r7' AND NEW.kind = 'rated' THEN " +
      "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'harm'; END IF; END",
  );
  say("ratings of r7 fail in trend");
  const letters = async () =>
    (await tables.rows("trend", "SELECT * FROM letter")).filter(({ status }) => String(status) === "parked");
  if (!(await until(world, async () => (await letters()).length > 2, 30_000))) {
    breach("I7", "what cannot be handled is not set aside");
  }
  await sleep(2_000);
  await connection.run("DROP TRIGGER harm");
  connection.close();
  say("the cause is gone");
  await sleep(1_500);
  const waiting = await letters();
  measure("letters", waiting.length);
  const strangers = waiting.filter(({ key }) => new TextDecoder().decode(key as Uint8Array) !== "r7");
  if (strangers.length > 0) breach("I8", "other keys were set aside too", `${strangers.length}`);
  await settle();
  // One that was set aside at the very moment in which the last before it was settled waits for the next replay.
  for (let times = 0; times < 3 && (await letters()).length > 0; times++) {
    await sleep(1_000);
    measure("letters left behind by a replay", (await letters()).length);
    await replay(world);
  }
}

export const MESSAGES: Scenario[] = [
  {
    id: "F18",
    title: "messages that nobody can read",
    how:
      "Broken JSON and UTF-8, tombstones, wrong types, deep nesting, numbers beyond all range and more, planted into the topics.",
    needs: [],
    invariants: ["I7"],
    async run({ topics, planted: list, sleep, say, measure, services, member }) {
      for (let round = 0; round < 3; round++) {
        const unusable = planted(round);
        list.push(...unusable);
        await topics.append(unusable.map(({ message }) => message));
        say(`${unusable.length} unusable messages are in the topics`);
        await sleep(1_500);
        if (round === 1) {
          await services.kill("trend");
          await services.up(member("trend"));
        }
      }
      measure("unusable messages", list.length);
    },
  },
  {
    id: "F19",
    title: "one key's messages cannot be handled for a while",
    how:
      "A trigger in the database fails for one reader's ratings. They wait in their order behind the first of them, others go " +
      "on; then the trigger goes, and the letters are replayed.",
    needs: ["database"],
    invariants: ["I7", "I8"],
    load: { readers: 20 },
    run: (world) => harmed(world, async () => await replay(world)),
  },
  {
    id: "F35",
    title: "letters are replayed twice, by two at once, while all runs",
    how:
      "As before; two operators replay all letters at the same time while messages of the key keep coming, and again later.",
    needs: ["database"],
    invariants: ["I9", "I8"],
    load: { readers: 20 },
    run: (world) =>
      harmed(world, async () => {
        await Promise.all([replay(world), replay(world)]);
        await replay(world);
      }),
  },
  {
    id: "F22",
    title: "every message comes several times",
    how: "What is in the topics is appended again as it is, once to four times, shuffled, while a consumer is killed.",
    needs: [],
    invariants: ["I1", "I3", "I9"],
    async run({ random, topics, services, member, sleep, say, measure }) {
      let again = 0;
      for (let round = 0; round < 2; round++) {
        await sleep(2_500);
        const copies = (await topics.dump()).filter(() => random.chance(0.5)).flatMap((
          { topic, key, headers, value },
        ) => Array.from({ length: random.int(1, 4) }, (): Outgoing => ({ topic, key, headers, value }))).sort(() =>
          random.next() - 0.5
        ).slice(0, 3_000);
        again += copies.length;
        say(`${copies.length} copies`);
        const sent = topics.append(copies);
        if (round === 1) {
          await services.kill("trend");
          await services.up(member("trend"));
        }
        await sent;
      }
      measure("copies appended", again);
    },
  },
  {
    id: "F23",
    title: "another system's events come out of order",
    how:
      "Versions of foreign books are appended in any order and several times; the newest must win, whenever it comes.",
    needs: [],
    invariants: ["I4"],
    async run({ random, topics, foreign, sleep, say }) {
      const book = (id: string, version: number): Outgoing => {
        const data = { id, title: `Foreign ${id} ${version}`, authors: [], subjects: [], popularity: 0, version };
        const envelope = { id: `foreign-${id}-${version}`, source: "/other", type: CATALOG.bookChanged, data };
        foreign.add(envelope.id);
        return { topic: TOPICS.catalogEvents, ...encode(envelope, id) };
      };
      for (let turn = 0; turn < 8; turn++) {
        const versions = Array.from({ length: 12 }, (_, at) => book(`x${turn}`, at + 1));
        await topics.append([...versions, ...versions.slice(3)].sort(() => random.next() - 0.5));
        await sleep(300);
      }
      say("8 foreign books, 12 versions each, in any order");
      await sleep(1_000);
    },
  },
  {
    id: "F24",
    title: "a message that the broker refuses",
    how:
      "The catalogue's topic takes only small messages for a while. A book with a long description does not fit; everything " +
      "else must flow, and the book too once it fits and its letter is replayed.",
    needs: ["kafka"],
    invariants: ["I11", "I12"],
    async run(world) {
      const { topics, web, calls, sleep, say, breach, workload } = world;
      const limit = (value: string) =>
        topics.administer((admin) =>
          admin.alterConfigs({
            validateOnly: false,
            resources: [{
              type: 2,
              name: topics.named(TOPICS.catalogEvents),
              configEntries: [{ name: "max.message.bytes", value }],
            }],
          })
        );
      const tooLong = await web("POST", "/v1/books", { id: "long", title: "T", description: "x".repeat(3_000_000) });
      if (tooLong?.status !== 413) breach("I14", "a body of 3 MB was not refused with 413", String(tooLong?.status));
      await limit("3000");
      say("catalog.events takes messages up to 3,000 bytes");
      const call = calls.begin("http", { kind: "add", book: "big", title: "A big book" });
      const answer = await web("POST", "/v1/books", {
        id: "big",
        title: "A big book",
        description: "x ".repeat(8_000),
      });
      calls.end([call], answer?.status === 201 ? "ok" : "unknown");
      await sleep(1_000);
      const before = await topics.ends();
      await workload.send(Array.from({ length: 30 }, workload.draw));
      const sum = (ends: Map<string, string>) =>
        [...ends].filter(([place]) => place.startsWith(TOPICS.activityEvents)).reduce(
          (all, [, end]) => all + Number(end),
          0,
        );
      const flows = await until(world, async () => sum(await topics.ends()) > sum(before), 15_000);
      if (!flows) breach("I11", "one row that the broker refuses holds up all others");
      await limit("1048588");
      say("it takes them all again");
      // A row that was refused is set aside as a letter of the relay.
      await replay(world, "web");
      await sleep(1_000);
    },
  },
  {
    id: "F30",
    title: "nearly everything is about one reader and one book",
    how: "Nine of ten acts have one key; a consumer is killed meanwhile. Other keys must not wait for long.",
    needs: [],
    invariants: ["I1", "I12"],
    load: { hot: 0.9 },
    async run({ services, member, sleep, say }) {
      await sleep(4_000);
      say("kill -9 trend");
      await services.kill("trend");
      await services.up(member("trend"));
      await sleep(4_000);
    },
  },
  {
    id: "F34",
    title: "the database goes while letters are written",
    how: "Unusable messages are planted while the database is killed, and again: each has its letter once.",
    needs: ["database"],
    invariants: ["I7"],
    async run({ random, topics, servers, planted: list, sleep, say }) {
      for (let round = 0; round < 3; round++) {
        await sleep(random.int(500, 1_500));
        const unusable = planted(round);
        list.push(...unusable);
        const sent = topics.append(unusable.map(({ message }) => message));
        await sleep(random.int(0, 120));
        say(`kill -9 ${servers.database!.name}, with ${unusable.length} unusable messages on their way`);
        await servers.database!.kill();
        await sent;
        await servers.database!.start();
      }
      await sleep(1_000);
    },
  },
];
