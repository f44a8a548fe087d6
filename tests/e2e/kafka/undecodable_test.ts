import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createPublisher } from "@/adapters/kafka/publisher.ts";
import { statementsOf } from "@/adapters/sqlite/connection/connection.ts";
import { append } from "@/adapters/sqlite/log/append.ts";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { readNextPositions } from "@/adapters/sqlite/log/reader.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { sendBomb } from "@/tests/support/kafka/bomb.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { operate, ready } from "@/tests/support/processes/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";
/** A key whose messages are in partition 0. */
const KEY = "a";
const PLACE = `${TOPICS.catalogCommands}/0@1`;

const addBook = (id: string): Outgoing => ({
  topic: TOPICS.catalogCommands,
  ...encode({ id: `add-${id}`, source: "/t", type: CATALOG.addBook, data: { id, title: `Kraken ${id}` } }, KEY),
});

type World = {
  name: string;
  env: Record<string, string>;
  append(id: string): Promise<void>;
  addUnreadable(): Promise<void>;
};

/** One partition of commands, with a command, what nobody can read, and another command. */
function undecodable({ name, env, append, addUnreadable }: World): void {
  describe(`what the log cannot read, while the suite is running: ${name}`, () => {
    let suite: Started;
    before(async () => {
      suite = await ready("suite", { ...env, SAMPLE_CATALOGUE: "off" });
      await append("before");
      await addUnreadable();
      await append("after");
    });
    after(async () => {
      suite.signal("SIGTERM");
      expect((await suite.ended()).code).toBe(0);
      await Deno.remove(env.DATA_DIR!, { recursive: true });
    });
    const get = async (path: string) => {
      const response = await fetch(suite.url("web") + path);
      return { status: response.status, text: await response.text() };
    };
    const found = async () =>
      JSON.parse((await get("/v1/books?q=kraken")).text).items.map(({ id }: { id: string }) => id).sort();

    it("is said by the log line, the metrics and /readyz, with the command that parks it", async () => {
      const { text } = await eventually(async () => {
        const answer = await get("/readyz?verbose");
        return answer.text.includes("cannot read") && answer;
      });
      expect(text).toContain(`deno task dead-letters park ${PLACE} parks it`);
      const line = suite.err().split("\n").find((one) => one.includes('"partition-stuck"'));
      expect(JSON.parse(line!)).toMatchObject({
        level: "error",
        partition: `${TOPICS.catalogCommands}/0`,
        position: "1",
        remedy: expect.stringContaining(PLACE),
      });
      const labels = `{consumer="catalog-commands",topic="${TOPICS.catalogCommands}",partition="0"}`;
      expect((await get("/metrics")).text).toContain(`bookstream_consumer_stuck_position${labels} 1`);
      expect(await found()).toEqual(["before"]);
    });

    it("is left alone by a wrong place, a dry run and nonsense", async () => {
      for (
        const [args, said] of [
          [[PLACE.replace("@1", "@0")], "no consumer is stuck at"],
          [[PLACE.replace("/0@", "/7@")], "no consumer is stuck at"],
          [[PLACE, "--service", "trend"], "no consumer is stuck at"],
          [[PLACE, "--to", "1"], "--to: wanted a position after 1, found 1"],
          [[PLACE, "--to", "99"], "--to: wanted a position that the log has"],
          [["1"], "wanted a place like"],
        ] as const
      ) {
        const { code, err } = await operate("dead-letters", ["park", ...args], env);
        expect([args, code, err.includes(said)]).toEqual([args, 1, true]);
      }
      const { code, out } = await operate("dead-letters", ["park", PLACE, "--dry-run"], env);
      expect([code, out]).toEqual([0, expect.stringMatching(/^catalog-commands, version 1: would be parked \(/)]);
      expect(await found()).toEqual(["before"]);
    });

    it("is parked by an operator, with its bytes, and the consumer goes on", async () => {
      const { code, out } = await operate("dead-letters", ["park", PLACE, "--json"], env);
      expect([code, JSON.parse(out)]).toMatchObject([0, { consumer: "catalog-commands", version: 1, came: "parked" }]);
      await eventually(async () => (await found()).length === 2);
      expect(await found()).toEqual(["after", "before"]);
      await eventually(async () => (await get("/readyz")).status === 200);
      const list = await operate("dead-letters", ["list", "--json"], env);
      const letter = JSON.parse(list.out);
      expect(letter).toMatchObject({ reason: "undecodable", position: "1", consumer: "catalog-commands" });
      const shown = JSON.parse((await operate("dead-letters", ["show", letter.id, "--json"], env)).out);
      expect(Uint8Array.fromBase64(shown.base64).length).toBeGreaterThan(0);
      expect((await operate("dead-letters", ["discard", letter.id], env)).code).toBe(0);
    });
  });
}

const folder = Deno.makeTempDirSync();
undecodable({
  name: "embedded",
  env: { DATA_DIR: folder },
  async append(id) {
    const log = await openEventLog({ path: `${folder}/log.db`, clock, ids, logger });
    await log.append([addBook(id)]);
    await log.close();
  },
  addUnreadable() {
    const database = new DatabaseSync(`${folder}/log.db`);
    const statements = statementsOf(database);
    expect(readNextPositions(statements)).toEqual(new Map([[`${TOPICS.catalogCommands}/0`, 1]]));
    database.exec("BEGIN IMMEDIATE");
    append(statements, [addBook("lost")], () => 0, 0);
    database.exec("UPDATE pack SET pack = x'0900' WHERE time = 0; COMMIT");
    database.close();
    return Promise.resolve();
  },
});

if (brokers !== "") {
  const prefix = `u${crypto.randomUUID().slice(0, 8)}.`;
  const parts = { brokers: brokers.split(","), clientId: "u", prefix, logger };
  undecodable({
    name: "Kafka",
    env: { DATA_DIR: Deno.makeTempDirSync(), KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix, KAFKA_PARTITIONS: "1" },
    async append(id) {
      const publisher = createPublisher(parts);
      await publisher.append([addBook(id)]);
      await publisher.close();
    },
    addUnreadable: async () => void await sendBomb(parts, prefix + TOPICS.catalogCommands, 0),
  });
}
