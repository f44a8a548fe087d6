import { DAY } from "@/domain/hours.ts";
import { ENDS, setClockBack } from "@/tests/support/databases/clock_set_back.ts";
import { unfinished } from "@/tests/faults/evidence/quiet.ts";
import { WAYS } from "@/tests/faults/world/servers.ts";
import type { Scenario } from "../scenario.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

const JUMP_MS = 2 * DAY;
/** A dead relay keeps its shards for eight seconds, Kafka a dead consumer for ten. */
const PATIENCE_MS = 40_000;

/** Makes every lease, key and membership end two days later, as if the clock had been ahead; says how many there were. */
async function setBack({ servers, tables, member }: World): Promise<number> {
  const files = setClockBack(member("trend").env.DATA_DIR!, JUMP_MS);
  if (servers.database === undefined) return files;
  let moved = files;
  for (const way of WAYS) {
    const connection = await tables.connect(way);
    for (const [table, column] of Object.entries(ENDS)) {
      const [known] = await connection.run(`SHOW TABLES LIKE '${table}'`);
      if (known === undefined) continue;
      const [held] = await connection.run(`SELECT COUNT(*) AS n FROM \`${table}\` WHERE \`${column}\` > 0`);
      await connection.run(
        `UPDATE \`${table}\` SET \`${column}\` = \`${column}\` + ${JUMP_MS} WHERE \`${column}\` > 0`,
      );
      moved += Number(held!.n);
    }
    connection.close();
  }
  return moved;
}

/** Clocks that are set. */
export const CLOCKS: Scenario[] = [
  {
    id: "F44",
    title: "everything is killed, and the clock is set back by two days",
    how:
      "`kill -9` of all processes under load; every lease, key and membership that they leave ends two days later, as if they had " +
      "lived on a clock that was ahead; then they are started again. Work goes on within the time of a lease.",
    needs: [],
    invariants: ["I12", "I16", "I1"],
    async run(world) {
      const { random, services, member, workload, topics, tables, sleep, say, breach, measure, now } = world;
      await sleep(random.int(1_500, 3_000));
      workload.pause();
      const names = services.names();
      await Promise.all(names.map((name) => services.kill(name)));
      say(`kill -9 of ${names.join(", ")}; ${await setBack(world)} leases, keys and memberships end two days later`);
      const from = now();
      await Promise.all(names.map((name) => services.up(member(name))));
      say("all are back");
      workload.goOn();
      await sleep(1_000);
      workload.pause();
      const done = await until(world, async () => (await unfinished(topics, tables)).length === 0, PATIENCE_MS);
      measure("seconds until everything had arrived", Number(((now() - from) / 1000).toFixed(1)));
      if (!done) breach("I12", `nothing was relayed or consumed for ${PATIENCE_MS / 1000} s`);
      const isReady = async (name: string) => (await fetch(`${services.url(name)}/readyz`)).status === 200;
      for (const name of names) {
        if (!(await until(world, () => isReady(name), PATIENCE_MS))) {
          breach("I16", `${name} is not ready although it works`);
        }
      }
      workload.goOn();
    },
  },
];
