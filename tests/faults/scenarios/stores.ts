import { messageOf } from "@/application/faults.ts";
import { sqlRequests } from "@/tests/faults/world/requests.ts";
import type { Scenario } from "../scenario.ts";
import { WAYS } from "@/tests/faults/world/servers.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { joins, until, wantNoJoin, wantNotReady } from "@/tests/faults/evidence/process_checks.ts";

/** Runs statements in one transaction of an outsider, holds it for a while, and rolls it back. */
async function hold(
  { tables }: World,
  service: (typeof WAYS)[number],
  statements: string[],
  during: () => Promise<unknown>,
) {
  const connection = await tables.connect(service);
  try {
    await connection.run("START TRANSACTION");
    for (const statement of statements) await connection.run(statement);
    await during();
    await connection.run("ROLLBACK");
  } finally {
    connection.close();
  }
}

export const STORES: Scenario[] = [
  {
    id: "F6",
    title: "the database is killed during commits",
    how: "`kill -9` of the database under load, started again on its data, twice; and the answers to commits are lost.",
    needs: ["database"],
    invariants: ["I1", "I2", "I3", "I5"],
    harms: ["database"],
    async run(world) {
      const { random, servers, sleep, say, measure } = world;
      for (let times = 0; times < 2; times++) {
        await sleep(random.int(1_000, 3_000));
        say(`kill -9 ${servers.database!.name}`);
        await servers.database!.kill();
        await sleep(random.int(0, 2_000));
        await servers.database!.start();
        say(`${servers.database!.name} is back`);
      }
      for (const way of WAYS) {
        await sleep(500);
        const proxy = servers.toDatabase[way];
        const before = proxy.stats().lost;
        proxy.lose({ requests: sqlRequests("COMMIT"), nth: random.int(1, 4), then: "reset" });
        const lost = await until(world, () => proxy.stats().lost > before, 5_000);
        if (lost) say(`the answer to a commit of ${way} was lost`);
      }
      measure(
        "commits of which nobody knows",
        WAYS.reduce((sum, way) => sum + servers.toDatabase[way].stats().lost, 0),
      );
      await sleep(1_000);
    },
  },
  {
    id: "F7",
    title: "the database hangs",
    how:
      "SIGSTOP of the database for longer than a consumer's session, then SIGCONT. Nothing may be parked, nobody may lose " +
      "its membership, and readiness says what is so.",
    needs: ["database"],
    invariants: ["I12", "I16", "I7"],
    harms: ["database"],
    async run(world) {
      const { random, servers, sleep, say, now } = world;
      await sleep(random.int(1_500, 3_000));
      const before = joins(world, "trend");
      const from = now();
      say(`SIGSTOP ${servers.database!.name}`);
      servers.database!.signal("SIGSTOP");
      await sleep(12_000 + random.int(0, 3_000));
      const to = now();
      servers.database!.signal("SIGCONT");
      say(`SIGCONT ${servers.database!.name}`);
      await sleep(3_000);
      wantNoJoin(world, "trend", before);
      for (const name of ["web", "trend"]) wantNotReady(world, name, from + 3_500, to);
    },
  },
  {
    id: "F8",
    title: "the database is slow",
    how:
      "50 to 300 ms for each piece on the way to and from the database, and an outsider that holds rows that the services need.",
    needs: ["database"],
    invariants: ["I12", "I14"],
    harms: ["database", "links"],
    async run(world) {
      const { random, servers, sleep, say } = world;
      await sleep(1_000);
      say("the way to the database is slow");
      for (const way of WAYS) servers.toDatabase[way].set({ latency: 50, jitter: random.int(50, 250) });
      await sleep(8_000);
      for (const way of WAYS) servers.toDatabase[way].heal();
      say("an outsider holds the positions of trend and all key locks of web");
      await Promise.all([
        hold(world, "trend", ["SELECT * FROM consumer_position FOR UPDATE"], () => sleep(4_000)),
        hold(world, "web", ["SELECT * FROM key_lock FOR UPDATE"], () => sleep(4_000)),
      ]);
      say("it lets go");
      await sleep(1_000);
    },
  },
  {
    id: "F9",
    title: "no connection to the database is free",
    how:
      "An outsider holds what every command needs while 60 clients send at once; who gets no answer in time is told 503.",
    needs: ["database"],
    invariants: ["I14", "I12"],
    async run(world) {
      const { services, sleep, say, measure, workload, breach } = world;
      await sleep(1_000);
      const statuses = new Map<string, number>();
      await hold(world, "web", ["SELECT * FROM key_lock FOR UPDATE"], async () => {
        say("an outsider holds all key locks of web, 60 clients send");
        const url = services.url("web");
        await Promise.all(Array.from({ length: 60 }, async () => {
          const { time: _time, ...act } = workload.draw();
          // What these say is not part of the history: they have no id, and their answers come long before the lock is let go.
          const response = await fetch(`${url}/v1/events`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ ...act, book: "no-such-book", type: "viewed", query: undefined }),
            signal: AbortSignal.timeout(9_000),
          }).catch(() => undefined);
          const again = response?.headers.get("retry-after");
          const status = response === undefined
            ? "no answer"
            : `${response.status}${again === null ? "" : " with Retry-After"}`;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          await response?.body?.cancel();
        }));
      });
      for (const [status, count] of statuses) {
        measure(`answers ${status}`, count);
        if (/^(500|503$)/.test(status)) {
          breach("I14", `clients were answered ${status} while the store was busy`, `${count} times`);
        }
      }
      say("it lets go");
      await sleep(2_000);
    },
  },
  {
    id: "F10",
    title: "deadlocks with somebody else",
    how: "An outsider takes the rows that a transaction takes, in the opposite order, again and again.",
    needs: ["database"],
    invariants: ["I1", "I3"],
    harms: ["database"],
    async run(world) {
      const { random, sleep, say, breach, measure, tables } = world;
      const lost = { web: 0, trend: 0 };
      let times = 0;
      const fight = async (service: "web" | "trend", statements: () => string[]) => {
        for (let round = 0; round < 25; round++) {
          const connection = await tables.connect(service);
          try {
            await connection.run("SET innodb_lock_wait_timeout = 2");
            await connection.run("START TRANSACTION");
            for (const statement of statements()) {
              await connection.run(statement);
              await sleep(random.int(5, 60));
            }
            await connection.run("ROLLBACK");
          } catch (error) {
            if (/deadlock/i.test(messageOf(error))) lost[service]++;
          } finally {
            times++;
            connection.close();
          }
          await sleep(random.int(20, 200));
        }
      };
      say("an outsider takes locks in the opposite order");
      await Promise.all([
        fight("web", () => [">= 128", "< 128"].map((half) => `SELECT * FROM key_lock WHERE slot ${half} FOR UPDATE`)),
        fight(
          "trend",
          () => ["score", "bucket", "consumer_position"].map((table) => `SELECT * FROM ${table} FOR UPDATE`),
        ),
      ]);
      measure("transactions of the outsider", times);
      for (const service of ["web", "trend"] as const) {
        measure(`deadlocks that the outsider lost in ${service}`, lost[service]);
        // It has written nothing, so that it is the one that the server gives up.
        if (lost[service] === 0) breach("run", `no deadlock came about in ${service}`, `${times} transactions`);
      }
    },
  },
  {
    id: "F28",
    title: "one batch takes longer than a session",
    how:
      "An outsider holds the positions of trend for longer than a silent member stays in its group; its heartbeats must go on.",
    needs: ["database"],
    invariants: ["I12"],
    harms: ["database"],
    async run(world) {
      const { sleep, say } = world;
      await sleep(1_500);
      const before = joins(world, "trend");
      say("an outsider holds the positions of trend");
      await hold(world, "trend", ["SELECT * FROM consumer_position FOR UPDATE"], () => sleep(14_000));
      say("it lets go");
      await sleep(2_000);
      wantNoJoin(world, "trend", before);
    },
  },
];
