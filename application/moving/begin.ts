import { countOf } from "@/application/shared/text/count_of.ts";
import { type SourceSuite, type StoreName, STORES, type TargetLog, type TargetStore } from "./ports.ts";

/** How far an earlier attempt came, by store. */
export type Notes = Record<StoreName, Map<string, string>>;
type Begun = { notes: Notes; finished: boolean };

type Deps = {
  source: SourceSuite;
  stores: Record<StoreName, TargetStore>;
  log: TargetLog;
  topics: string[];
  dryRun: boolean;
};

/**
 * Checks that the target is empty or partly filled by the same move, and notes that it belongs to this move. Throws
 * otherwise. If the source has worked since an interrupted attempt, its rows are copied again.
 */
export async function begin(deps: Deps): Promise<Begun> {
  const { source, stores, dryRun } = deps;
  const notes = await readNotes(stores);
  for (const name of STORES) await refuseOther(name, notes[name], deps);
  const logId = await refuseOtherLog(notes.web, deps);
  const finished = STORES.filter((name) => notes[name].has("finished"));
  if (finished.some((name) => notes[name].get("state") !== source.state)) {
    throw new Error(
      "the suite was moved already, but the embedded one has worked since then: what it did there is not in the target",
    );
  }
  if (finished.length === STORES.length) return { notes, finished: true };
  if (dryRun) return { notes, finished: false };
  for (const name of STORES) {
    if (notes[name].get("state") === source.state) continue;
    if (notes[name].has("state")) await stores[name].clear("rows ");
    await stores[name].put(undefined, {
      source: source.id,
      state: source.state,
      ...(name === "web" ? { log: logId } : {}),
    });
  }
  return { notes: await readNotes(stores), finished: false };
}

async function readNotes(stores: Record<StoreName, TargetStore>): Promise<Notes> {
  return {
    web: await stores.web.notes(),
    trend: await stores.trend.notes(),
    recommendation: await stores.recommendation.notes(),
  };
}

async function refuseOther(name: StoreName, notes: Map<string, string>, { source, stores }: Deps): Promise<void> {
  const from = notes.get("source");
  if (from === source.id) return;
  if (from !== undefined) {
    throw new Error(
      `the ${name} database of the target belongs to the move of another suite: wanted ${source.id}, found ${from}`,
    );
  }
  const filled = Object.entries(await stores[name].counts()).filter(([, rows]) => rows > 0);
  if (filled.length === 0) return;
  const found = filled.map(([table, rows]) => `${countOf(rows, "row")} in ${table}`).join(", ");
  throw new Error(`the ${name} database of the target holds another suite's data: wanted none, found ${found}`);
}

async function refuseOtherLog(notes: Map<string, string>, { log, topics }: Deps): Promise<string> {
  const id = await log.id();
  const begun = notes.get("log");
  if (begun === id) return id;
  if (begun !== undefined) {
    throw new Error(`this move has begun with another event log: wanted ${begun}, found ${id}`);
  }
  const filled = Object.entries(await log.sizes(topics)).filter(([, messages]) => messages > 0);
  if (filled.length === 0) return id;
  const found = filled.map(([topic, messages]) => `${countOf(messages, "message")} in ${topic}`).join(", ");
  throw new Error(`the event log of the target holds another suite's messages: wanted none, found ${found}`);
}
