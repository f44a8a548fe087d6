import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import type { Scenario } from "../scenario.ts";
import { replay, until } from "@/tests/faults/evidence/process_checks.ts";

export const MESSAGES: Scenario[] = [
  {
    id: "F22",
    title: "every message comes several times",
    how: "What is in the topics is appended again as it is, once to four times, shuffled, while a consumer is killed.",
    needs: [],
    invariants: ["I1", "I3", "I9"],
    harms: ["broker", "projections"],
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
        // Few enough for one request.
        const sent = (async () => {
          for (let at = 0; at < copies.length; at += 300) await topics.append(copies.slice(at, at + 300));
        })();
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
    harms: ["broker"],
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
      "else must flow, and the book too once it fits and its dead letter is replayed.",
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
      // A row that was refused is parked as a dead letter of the relay.
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
];
