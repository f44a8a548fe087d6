import { ndcg } from "@/domain/ndcg.ts";
import { type Interaction, type Taste, tastesOf } from "@/domain/recommendation/interaction.ts";
import type { BookFacts } from "@/domain/recommendation/likeness.ts";
import { BookIndex } from "@/domain/recommendation/book_index.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import type { IndexedNeighbours } from "@/domain/recommendation/parts.ts";
import { nearestOfEach, recentOf } from "@/domain/recommendation/recent.ts";
import { recommend } from "@/domain/recommendation/recommend.ts";
import { otherValues, type Settings } from "@/domain/recommendation/settings.ts";
import type { Clock } from "@/application/ports.ts";
import { createTimeSlices } from "@/application/shared/concurrency/time_slices.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import type { InteractionReader } from "@/application/recommendation/ports.ts";

/** NDCG@20 of lists from before the hold-out, by what their readers chose in it. `sure`: whether the gain is significant. */
export type TunedRecommendation = {
  settings: Settings;
  before: number;
  after: number;
  sure: boolean;
  tried: number;
  readers: number;
};
export type RecommendationProgress = { step: "reading" | "trying"; done: number; of?: number };
type TuneOptions = {
  clock: Clock;
  maxMs: number;
  onProgress?: (progress: RecommendationProgress) => void;
  /** Ends the search: it throws the signal's reason. */
  signal?: AbortSignal;
};

/** The part of the history, its newest, that the settings are judged by. */
const HELD_OUT = 0.2;
const READERS = { least: 40, most: 1_000 };
/** About so many rows are read: those of the first readers. */
const MAX_ROWS = 1_000_000;
const PAGE_ROWS = 5_000;
const TOP = 20;
const SURE = 2;

type Case = { reader: string; tastes: Taste[]; wanted: Map<string, number> };
type History = { past: Map<string, Interaction[]>; choosing: Case[]; judging: Case[] };

/**
 * Chooses settings by the shop's own history: what readers chose in its last fifth, told from what was before. Half of the readers
 * choose, one value after the other; the other half judges, so that what is won is not what was searched for. Undefined where too
 * few readers chose anything.
 */
export async function tuneRecommendation(
  readers: Pick<InteractionReader, "page">,
  current: Settings,
  { clock, maxMs, onProgress = () => {}, signal = new AbortController().signal }: TuneOptions,
): Promise<TunedRecommendation | undefined> {
  const until = clock.now() + maxMs;
  const history = splitInTime(await readRows(readers, signal, (done) => onProgress({ step: "reading", done })));
  if (history.judging.length < READERS.least) return undefined;
  // Other work runs in between, as a service may be tuned while it serves.
  const timeSlices = createTimeSlices(clock, signal);
  const giveWay = async () => {
    await timeSlices();
    signal.throwIfAborted();
  };
  const judged = (settings: Settings, cases: Case[]) => judge(history.past, cases, { settings, giveWay });
  const worth = async (settings: Settings, cases: Case[]) => mean(await judged(settings, cases));
  let best = { settings: current, worth: await worth(current, history.choosing) };
  const values = otherValues(current);
  let tried = 1;
  for (const { name, value } of values) {
    if (clock.now() >= until) break;
    const settings = { ...best.settings, [name]: value };
    const its = await worth(settings, history.choosing);
    if (its > best.worth) best = { settings, worth: its };
    onProgress({ step: "trying", done: tried++, of: values.length });
  }
  const before = await judged(current, history.judging);
  const after = await judged(best.settings, history.judging);
  const sure = isSure(after.map((its, at) => its - before[at]!));
  return { settings: best.settings, before: mean(before), after: mean(after), sure, tried, readers: before.length };
}

async function readRows(
  readers: Pick<InteractionReader, "page">,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<Interaction[]> {
  const rows: Interaction[] = [];
  for (let after = "";;) {
    signal.throwIfAborted();
    const page = rows.length >= MAX_ROWS ? [] : await readers.page(after, PAGE_ROWS);
    if (page.length === 0) return rows;
    rows.push(...page);
    onRows(rows.length);
    after = page.at(-1)!.reader;
  }
}

/** The history before the hold-out, and the readers of both parts: one half to choose by, the other to judge by. */
function splitInTime(rows: Interaction[]): History {
  const times = Float64Array.from(rows, ({ time }) => time).sort();
  const since = times[Math.floor((1 - HELD_OUT) * times.length)] ?? 0;
  const past = Map.groupBy(rows.filter(({ time }) => time < since), ({ reader }) => reader);
  const later = Map.groupBy(rows.filter(({ time }) => time >= since), ({ reader }) => reader);
  const cases = [...later].flatMap(([reader, own]): Case[] => {
    const tastes = tastesOf(past.get(reader) ?? []);
    const known = new Set(tastes.map(({ book }) => book));
    const chosen = tastesOf(own).filter(({ book, weight }) => weight > 0 && !known.has(book));
    return chosen.length === 0 || tastes.length === 0
      ? []
      : [{ reader, tastes, wanted: new Map(chosen.map(({ book }) => [book, 1])) }];
  });
  const step = Math.max(1, Math.ceil(cases.length / READERS.most));
  const some = cases.filter((_, at) => at % step === 0);
  return { past, choosing: some.filter((_, at) => at % 2 === 0), judging: some.filter((_, at) => at % 2 === 1) };
}

/** NDCG@20 of each case's list by what is past. */
async function judge(
  past: History["past"],
  cases: Case[],
  { settings, giveWay }: { settings: Settings; giveWay: () => Promise<void> },
): Promise<number[]> {
  const model = new CoOccurrence(settings);
  for (const [reader, rows] of past) {
    model.set(reader, rows);
    await giveWay();
  }
  const index = new BookIndex();
  const numberOf = (id: string): number => {
    if (index.find(id) === undefined) index.put(bareFacts(id));
    return index.numberOf(id);
  };
  const lists = new Map<string, IndexedNeighbours>();
  const listOf = (book: string): IndexedNeighbours => {
    const known = lists.get(book);
    if (known !== undefined) return known;
    const { neighbours } = model.list(book);
    const made = {
      books: neighbours.map(({ book }) => numberOf(book)),
      similarities: neighbours.map(({ similarity }) => similarity),
    };
    lists.set(book, made);
    return made;
  };
  const lately = listOf(LATELY);
  const worths: number[] = [];
  for (const { tastes, wanted } of cases) {
    const recent = recentOf(tastes, settings);
    const neighbours = new Map(recent.map(({ taste: { book } }) => [book, listOf(book)]));
    const input = { index, tastes, neighbours, nearest: nearestOfEach(recent), lately, settings, limit: TOP };
    const list = recommend({ ...input, knownWorks: new Set(), searches: [], popular: [], alike: [] });
    worths.push(ndcg(list.map(({ book }) => book.id), wanted));
    await giveWay();
  }
  return worths;
}

/** Facts by which no two books are alike: only what readers chose is judged. */
const bareFacts = (id: string): BookFacts => ({ id, title: "", authors: [], subjects: [], popularity: 0 });

const mean = (values: number[]): number => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);

/** Whether the mean is above 0 by twice its standard error. */
function isSure(gains: number[]): boolean {
  const middle = mean(gains);
  const variance = mean(gains.map((gain) => (gain - middle) ** 2));
  return middle > 0 && middle >= SURE * Math.sqrt(variance / gains.length);
}
