import { inBatches, sizeOfMessage, sizeOfRow } from "./batches.ts";
import { begin, type Notes } from "./begin.ts";
import {
  type SourceStore,
  type SourceSuite,
  type StoreName,
  STORES,
  type Tail,
  type TargetLog,
  type TargetStore,
} from "./ports.ts";
import { differences, type Report, type TopicCount, unreadByConsumer } from "./report.ts";
import { withTime } from "./with_time.ts";

type MoveDeps = {
  source: SourceSuite;
  stores: Record<StoreName, TargetStore>;
  log: TargetLog;
  topics: string[];
  /** Checks and counts, copies nothing. */
  dryRun: boolean;
  /** Rows that are stored at once, and messages that are sent at once; a thousand unless it says otherwise. */
  batchSize?: number;
  /** The time, as it is noted when the work is done (ms). */
  now: () => number;
  progress: (what: string, done: number, of: number) => void;
  /** Called with the counts before they are judged. */
  report: (report: Report) => void;
};

const BATCH = 1_000;
/** Bytes of rows that are stored at once. */
const BYTES = 2 * 2 ** 20;
/** Bytes that are sent at once, well below what a broker takes in a batch. */
const SENT = 256 * 2 ** 10;

/**
 * Moves a suite: its rows, and of its log what some consumer has not read. Each batch of rows is stored with a note of how
 * many that makes, so that a move that was interrupted goes on where it was. Messages may be sent twice by that, as by any
 * relay; and a message that one consumer has read and another has not comes to both: effects are guarded by their own keys.
 * Rejects when the target is not this suite's, or when the counts differ in the end.
 */
export async function moveSuite(deps: MoveDeps): Promise<void> {
  const { source, stores, topics, dryRun } = deps;
  const { notes, finished } = await begin(deps);
  const tails = source.tails(begunOf(notes));
  const sources = Object.fromEntries(STORES.map((name) => [name, source.store(name, tails)])) as Record<
    StoreName,
    SourceStore
  >;
  const unreadBy = unreadByConsumer(tails);
  const lettersAgain = STORES.reduce((sum, name) => sum + sources[name].lettersAgain, 0);
  if (finished) return deps.report({ outcome: "moved-before", tables: [], topics: [], unreadBy, lettersAgain });
  if (!dryRun) {
    for (const name of STORES) {
      if (!notes[name].has("finished")) await copyStore(name, sources[name], notes[name], deps);
    }
    for (const tail of tails) await sendTail(tail, notes, deps);
  }
  const after = dryRun ? notes : { ...notes, web: await stores.web.notes() };
  const report: Report = {
    outcome: dryRun ? "dry-run" : "moved",
    tables: await tableCounts(sources, notes, deps),
    topics: topicCounts(topics, tails, after, await deps.log.sizes(topics)),
    unreadBy,
    lettersAgain,
  };
  deps.report(report);
  if (dryRun) return;
  const wrong = differences(report);
  if (wrong.length > 0) throw new Error(`the counts differ:\n  ${wrong.join("\n  ")}`);
  // Web last: with it the move is done.
  for (const name of STORES.toReversed()) {
    await stores[name].put(undefined, { finished: new Date(deps.now()).toISOString() });
  }
}

/** How far a tail has been sent: `next` is where to go on. */
type Sent = { from: string; next: string; sent: number };
const placeOf = ({ topic, partition }: Pick<Tail, "topic" | "partition">): string => `${topic}/${partition}`;
const sentOf = (notes: Notes, tail: Tail): Sent | undefined => {
  const note = notes.web.get(`tail ${placeOf(tail)}`);
  return note === undefined ? undefined : JSON.parse(note);
};

/** Where earlier attempts began to send, by place. */
function begunOf({ web }: Notes): Map<string, string> {
  const tails = [...web].filter(([name]) => name.startsWith("tail "));
  return new Map(tails.map(([name, note]) => [name.slice("tail ".length), (JSON.parse(note) as Sent).from]));
}

async function copyStore(
  name: StoreName,
  source: SourceStore,
  notes: Map<string, string>,
  { stores, progress, batchSize: batch = BATCH }: MoveDeps,
): Promise<void> {
  for (const table of source.tables) {
    const of = source.count(table);
    let done = Number(notes.get(`rows ${table}`) ?? 0);
    for (const rows of inBatches(source.rows(table, done), sizeOfRow, batch, BYTES)) {
      done += rows.length;
      await stores[name].put({ table, rows }, { [`rows ${table}`]: String(done) });
      progress(`${name}.${table}`, done, of);
    }
  }
}

async function sendTail(tail: Tail, notes: Notes, deps: MoveDeps): Promise<void> {
  const { source, stores, log, progress, batchSize: batch = BATCH } = deps;
  const before = sentOf(notes, tail);
  let sent = before ?? { from: tail.again, next: tail.from, sent: 0 };
  const note = () => stores.web.put(undefined, { [`tail ${placeOf(tail)}`]: JSON.stringify(sent) });
  // Noted before the first is sent: which letters move depends on where that begins.
  if (before === undefined) await note();
  for (const read of source.messages(tail, sent.next)) {
    for (const messages of inBatches(read, sizeOfMessage, batch, SENT)) {
      await log.append(messages.map(withTime));
      sent = { ...sent, next: messages.at(-1)!.next, sent: sent.sent + messages.length };
      await note();
      progress(placeOf(tail), sent.sent, tail.unread);
    }
  }
}

async function tableCounts(
  sources: Record<StoreName, SourceStore>,
  notes: Notes,
  { stores }: MoveDeps,
): Promise<Report["tables"]> {
  const tables: Report["tables"] = [];
  for (const store of STORES) {
    if (notes[store].has("finished")) continue;
    const source = sources[store];
    const target = await stores[store].counts();
    // What the source has no table for must be empty, and is shown where it is not.
    const others = Object.keys(target).filter((table) => !source.tables.includes(table) && target[table]! > 0);
    for (const table of [...source.tables, ...others]) {
      const rows = source.tables.includes(table) ? source.count(table) : 0;
      tables.push({ store, table, source: rows, target: target[table] ?? 0 });
    }
  }
  return tables;
}

const topicCounts = (topics: string[], tails: Tail[], notes: Notes, sizes: Record<string, number>): TopicCount[] =>
  topics.map((topic) => {
    const own = tails.filter((tail) => tail.topic === topic);
    const sum = (count: (tail: Tail) => number) => own.reduce((total, tail) => total + count(tail), 0);
    return {
      topic,
      unread: sum(({ unread }) => unread),
      sent: sum((tail) => sentOf(notes, tail)?.sent ?? 0),
      held: sizes[topic] ?? 0,
    };
  });
