import { startReaders } from "@/tests/faults/clients/readers.ts";
import type { Scenario } from "../scenario.ts";
import { type Projection, PROJECTIONS } from "@/tests/faults/world/servers.ts";
import { liveOf } from "@/tests/faults/world/tables.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";

/** Tries of one rebuild: those that are killed, those that are refused as the lease of a dead one lasts, and the last one. */
const MOST_TRIES = 15;
/** How long one try may take. */
const PATIENCE_MS = 60_000;
/** So that most of what there is is old enough to be seen when it is missing. */
const OLDER_MS = 15_000;
const KILLS = ["at once", "once it has begun", "while it reads", "when it has read", "at the switch"] as const;
type Kill = (typeof KILLS)[number];

/** What it sees of its victim: what that prints, and what is stored of it. */
async function moment(
  world: World,
  projection: Projection,
  kill: Kill,
  { live, said, gone }: { live: number; said(): string; gone(): boolean },
) {
  const { random, sleep, tables } = world;
  const rows = (sql: string) => tables.rows(projection, sql).catch(() => []);
  const begun = () => gone() || said().includes(`version ${live} is live`);
  const reads = async () =>
    gone() || (await rows(`SELECT * FROM ${tables.positions} WHERE version = ${live + 1}`)).length > 0;
  const switched = async () => gone() || await liveOf(tables, projection).catch(() => live) > live;
  switch (kill) {
    case "at once":
      return await sleep(random.int(0, 1_500));
    case "once it has begun":
      await until(world, begun, PATIENCE_MS);
      return await sleep(random.int(0, 300));
    case "while it reads":
      await until(world, reads, PATIENCE_MS);
      return await sleep(random.int(0, 4_000));
    case "when it has read":
      await until(world, () => gone() || /100 %|making neighbour lists/.test(said()), PATIENCE_MS);
      return await sleep(random.int(0, 1_500));
    case "at the switch":
      await until(world, switched, PATIENCE_MS);
  }
}

/** Rebuilds a projection as an operator does who runs it again until it says that it is done; the first tries are killed. */
async function rebuilt(world: World, projection: Projection): Promise<void> {
  const { random, sleep, say, breach, tables, begin, measure } = world;
  const kills = Array.from({ length: random.int(1, 3) }, () => random.pick(KILLS));
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const live = await liveOf(tables, projection);
    const anew = random.chance(0.15);
    const process = begin("rebuild", [projection, ...(anew ? ["--anew"] : [])], projection);
    let gone = false;
    const ended = process.ended().finally(() => gone = true);
    const late = setTimeout(() => process.signal("SIGKILL"), PATIENCE_MS);
    const kill = kills[0];
    if (kill !== undefined) {
      await moment(world, projection, kill, { live, said: process.err, gone: () => gone });
      if (!gone) {
        kills.shift();
        process.signal("SIGKILL");
        say(`kill -9 of the rebuild of ${projection} ${kill}${anew ? " (again)" : ""}`);
      }
    }
    const { code } = await ended;
    clearTimeout(late);
    if (code === 0) {
      say(process.out().trim());
      return measure(`tries of a rebuild of ${projection}`, tries);
    }
    if (code === 1) say(process.err().trim().split("\n").at(-1) ?? "");
    await sleep(random.int(500, 3_000));
  }
  breach("I12", `${projection} could not be rebuilt`, `${MOST_TRIES} tries`);
}

/** Kills the service whose projection is rebuilt, at a random moment or as soon as its readers see another version. */
async function killLive(world: World, projection: Projection): Promise<void> {
  const { random, services, member, sleep, say, tables } = world;
  if (random.chance(0.5)) {
    const live = await liveOf(tables, projection);
    await until(world, async () => await liveOf(tables, projection).catch(() => live) > live, 90_000);
    await sleep(random.int(0, 1_200));
  } else await sleep(random.int(1_000, 12_000));
  say(`kill -9 ${projection}`);
  await services.kill(projection);
  await sleep(random.int(0, 800));
  await services.up(member(projection));
  say(`${projection} is back`);
}

export const REBUILDS: Scenario[] = [
  {
    id: "F33",
    title: "a projection is rebuilt under load, and whoever does it is killed",
    how:
      "`rebuild trend` and `rebuild recommendation` are run while events keep coming, killed with `kill -9` at random " +
      "moments up to the switch, and run again until they end with status 0; most times the service is killed, too. Readers " +
      "look at the lists all the while.",
    needs: [],
    invariants: ["I10", "I1", "I3"],
    harms: ["projections", "database"],
    async run(world) {
      const { random, sleep, workload } = world;
      const books = [...workload.books()];
      const readers = startReaders(world, books);
      world.sightings = () => {
        const left = new Set(workload.books());
        return { trends: readers.trends(), books: books.filter((book) => left.has(book)), lost: readers.lost() };
      };
      const one = async (projection: Projection) => {
        const harm = random.chance(0.6) ? killLive(world, projection) : Promise.resolve();
        await Promise.all([rebuilt(world, projection), harm]);
      };
      try {
        await sleep(OLDER_MS);
        const order = random.chance(0.5) ? PROJECTIONS : PROJECTIONS.toReversed();
        if (random.chance(0.3)) await Promise.all(order.map(one));
        else for (const projection of order) await one(projection);
        await sleep(3_000);
      } finally {
        await readers.stop();
      }
    },
  },
];
