import { partitionName } from "@/application/messaging/wire/event_log.ts";
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
  /** Rows that are stored at once and messages that are sent at once, a thousand by default. */
  batchSize?: number;
  /** The time that is noted when the move is done. */
  now: () => number;
  progress: (what: string, done: number, of: number) => void;
  /** Called with the counts before they are compared. */
  report: (report: Report) => void;
};

const BATCH_SIZE = 1_000;
/** Limit of the rows that are stored at once. */
const MAX_ROW_BYTES = 2 * 2 ** 20;
/** Limit of the messages that are sent at once, well below what a broker takes in a batch. */
const MAX_SEND_BYTES = 256 * 2 ** 10;

/**
 * Moves a suite: its rows, and the messages that some consumer has not read. Progress is noted with each batch, so that an
 * interrupted move goes on. Messages may be sent twice, or reach a consumer that has read them: effects are idempotent.
 * Rejects when the target belongs to another suite, or when the counts differ in the end.
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
  const deadLettersAgain = STORES.reduce((sum, name) => sum + sources[name].deadLettersAgain, 0);
  if (finished) return deps.report({ outcome: "moved-before", tables: [], topics: [], unreadBy, deadLettersAgain });
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
    deadLettersAgain,
  };
  deps.report(report);
  if (dryRun) return;
  const wrong = differences(report);
  if (wrong.length > 0) throw new Error(`the counts differ:\n  ${wrong.join("\n  ")}`);
  // Web is last: with its note the move is done.
  for (const name of STORES.toReversed()) {
    await stores[name].put(undefined, { finished: new Date(deps.now()).toISOString() });
  }
}

/** How far a tail has been sent: `next` is where to go on. */
type Sent = { from: string; next: string; sent: number };
const sentOf = (notes: Notes, tail: Tail): Sent | undefined => {
  const note = notes.web.get(`tail ${partitionName(tail)}`);
  return note === undefined ? undefined : JSON.parse(note);
};

/** Where earlier attempts began to send, by `topic/partition`. */
function begunOf({ web }: Notes): Map<string, string> {
  const tails = [...web].filter(([name]) => name.startsWith("tail "));
  return new Map(tails.map(([name, note]) => [name.slice("tail ".length), (JSON.parse(note) as Sent).from]));
}

async function copyStore(
  name: StoreName,
  source: SourceStore,
  notes: Map<string, string>,
  { stores, progress, batchSize = BATCH_SIZE }: MoveDeps,
): Promise<void> {
  for (const table of source.tables) {
    const of = source.count(table);
    let done = Number(notes.get(`rows ${table}`) ?? 0);
    for (const rows of inBatches(source.rows(table, done), sizeOfRow, batchSize, MAX_ROW_BYTES)) {
      done += rows.length;
      await stores[name].put({ table, rows }, { [`rows ${table}`]: String(done) });
      progress(`${name}.${table}`, done, of);
    }
  }
}

async function sendTail(tail: Tail, notes: Notes, deps: MoveDeps): Promise<void> {
  const { source, stores, log, progress, batchSize = BATCH_SIZE } = deps;
  const before = sentOf(notes, tail);
  let sent = before ?? { from: tail.again, next: tail.from, sent: 0 };
  const note = () => stores.web.put(undefined, { [`tail ${partitionName(tail)}`]: JSON.stringify(sent) });
  // Noted before the first message is sent, as the start decides which dead letters move.
  if (before === undefined) await note();
  for (const read of source.messages(tail, sent.next)) {
    for (const messages of inBatches(read, sizeOfMessage, batchSize, MAX_SEND_BYTES)) {
      await log.append(messages.map(withTime));
      sent = { ...sent, next: messages.at(-1)!.next, sent: sent.sent + messages.length };
      await note();
      progress(partitionName(tail), sent.sent, tail.unread);
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
    // Tables that the source does not have must be empty, and are reported if they are not.
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
