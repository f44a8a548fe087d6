import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { CONSUMER_NAMES, handles } from "@/tests/oracle/consumers.ts";
import type { Scenario } from "../scenario.ts";
import type { Planted, World } from "@/tests/faults/world/world.ts";
import { replay, until } from "@/tests/faults/evidence/process_checks.ts";
import { poison } from "@/tests/faults/clients/poison.ts";

/** The consumers that would handle an event, and so park it when nobody can read it. */
const consumersOf = (message: Outgoing): string[] => CONSUMER_NAMES.filter((consumer) => handles(consumer, message));

/** Unusable messages for every consumer, among the others. */
export const planted = (round: number): Planted[] => [
  ...poison(TOPICS.activityEvents, ACTIVITY.bookRated, `a${round}`).map((message) => ({
    message,
    consumers: consumersOf(message),
  })),
  ...poison(TOPICS.catalogEvents, CATALOG.bookChanged, `c${round}`).map((message) => ({
    message,
    consumers: consumersOf(message),
  })),
  ...poison(TOPICS.activityCommands, undefined, `d${round}`).map((message) => ({
    message,
    consumers: ["activity-commands"],
  })),
];

const HARMED = "r7";

/** Lets one reader's ratings fail in trend for a while; then the dead letters are settled. */
async function harmed(world: World, settle: () => Promise<void>): Promise<void> {
  const { tables, sleep, say, breach, measure } = world;
  const connection = await tables.connect("trend");
  await connection.run(
    `CREATE TRIGGER harm BEFORE INSERT ON vote FOR EACH ROW BEGIN IF NEW.reader = '${HARMED}' AND NEW.kind = 'rated' THEN ` +
      "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'harm'; END IF; END",
  );
  say(`ratings of ${HARMED} fail in trend`);
  const deadLetters = async () =>
    (await tables.rows("trend", "SELECT * FROM letter")).filter(({ status }) => String(status) === "parked");
  if (!(await until(world, async () => (await deadLetters()).length > 2, 30_000))) {
    breach("I7", "what cannot be handled is not parked");
  }
  await sleep(2_000);
  await connection.run("DROP TRIGGER harm");
  connection.close();
  say("the cause is gone");
  await sleep(1_500);
  const waiting = await deadLetters();
  measure("dead letters", waiting.length);
  const strangers = waiting.filter(({ key }) => new TextDecoder().decode(key as Uint8Array) !== HARMED);
  if (strangers.length > 0) breach("I8", "other keys were parked too", `${strangers.length}`);
  await settle();
  // One that was parked at the very moment in which the last before it was settled waits for the next replay.
  for (let times = 0; times < 3 && (await deadLetters()).length > 0; times++) {
    await sleep(1_000);
    measure("dead letters left behind by a replay", (await deadLetters()).length);
    await replay(world);
  }
}

/** Messages that cannot be handled, for good or for a while. */
export const LETTERS: Scenario[] = [
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
      "on; then the trigger goes, and the dead letters are replayed.",
    needs: ["database"],
    invariants: ["I7", "I8"],
    load: { readers: 20, needed: HARMED },
    run: (world) => harmed(world, async () => await replay(world)),
  },
  {
    id: "F34",
    title: "the database goes while dead letters are written",
    how: "Unusable messages are planted while the database is killed, and again: each has its dead letter once.",
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
  {
    id: "F35",
    title: "dead letters are replayed twice, by two at once, while all runs",
    how:
      "As before; two operators replay all dead letters at the same time while messages of the key keep coming, and again later.",
    needs: ["database"],
    invariants: ["I9", "I8"],
    load: { readers: 20, needed: HARMED },
    run: (world) =>
      harmed(world, async () => {
        await Promise.all([replay(world), replay(world)]);
        await replay(world);
      }),
  },
];
