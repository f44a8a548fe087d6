import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Unavailable } from "@/application/faults.ts";
import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Store } from "@/application/ports.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import type { TrendStore } from "@/application/trend/ports.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

type Call = () => Promise<unknown>;
type AnyStore = Store & { deadLetters: DeadLetterReader };

/** The stores under test. `ends`: whether a closed store is no more; one in memory goes on. */
type ClosedStores = {
  ends: boolean;
  web(): Promise<StoreUnderTest<WebStore>>;
  trend(): Promise<StoreUnderTest<TrendStore>>;
  recommendation(): Promise<StoreUnderTest<RecommendationStore>>;
};

/** What every store promises when it is closed: whoever asks gets a promise, which rejects. Nothing throws. */
export function closedContract(name: string, { ends, web, trend, recommendation }: ClosedStores): void {
  describe(`closed stores: ${name}`, () => {
    it("the web store rejects, never throws", () => askClosed(web, callsOfWeb, ends));
    it("the trend store rejects, never throws", () => askClosed(trend, callsOfTrend, ends));
    it("the recommendation store rejects, never throws", () => askClosed(recommendation, callsOfRecommendation, ends));
  });
}

async function askClosed<Closed extends AnyStore>(
  make: () => Promise<StoreUnderTest<Closed>>,
  callsOf: (store: Closed) => Record<string, Call>,
  ends: boolean,
): Promise<void> {
  const made = await make();
  await made.store.close();
  const calls = Object.entries({ ...callsOfAny(made.store), ...callsOf(made.store) });
  const outcomes = await Promise.all(calls.map(async ([call, ask]) => [call, await outcomeOf(ask)]));
  const expected = calls.map(([call]) => [call, ends ? "rejects with Unavailable" : "resolves"]);
  expect(outcomes).toEqual(expected);
  await made.close();
}

async function outcomeOf(ask: Call): Promise<string> {
  let answer: Promise<unknown>;
  try {
    answer = ask();
  } catch (error) {
    return `throws ${error}`;
  }
  return await answer.then(
    () => "resolves",
    (error) => `rejects with ${error instanceof Unavailable ? "Unavailable" : error}`,
  );
}

const callsOfAny = ({ ping, size, deadLetters }: AnyStore): Record<string, Call> => ({
  ping,
  size,
  "deadLetters.list": () => deadLetters.list({}, 0, 1),
  "deadLetters.get": () => deadLetters.get(1),
  "deadLetters.count": () => deadLetters.count(),
});

const callsOfWeb = (
  { uow, shelf, search, searchIndex, readerList, outbox, leases }: WebStore,
): Record<string, Call> => ({
  "uow.run": () => uow.run(({ books }) => books.get("b")),
  "shelf.get": () => shelf.get("b"),
  "shelf.byIds": () => shelf.byIds(["b"]),
  "shelf.list": () => shelf.list({ facets: [], sort: "title", limit: 1 }),
  "shelf.count": () => shelf.count(),
  "search.counts": () => search.counts([{ text: "b", prefix: false }], 1),
  "search.wordsFrom": () => search.wordsFrom("b", 1),
  "search.wordsLike": () => search.wordsLike("words", 1, false),
  "search.wordsSounding": () => search.wordsSounding("words"),
  "search.candidates": () =>
    search.candidates({ groups: [["b"]], titled: { start: "b", most: 1 }, facets: [], most: 1 }),
  "searchIndex.remake": () => searchIndex.remake(1),
  "readerList.of": () => readerList.of("r", 1),
  "readerList.about": () => readerList.about("r", "b"),
  "readerList.aboutBooks": () => readerList.aboutBooks("r", ["b"]),
  "outbox.read": () => outbox.read([0], { rows: 1, bytes: 1 }),
  "outbox.size": () => outbox.size(),
  "outbox.sizeAtMost": () => outbox.sizeAtMost(),
  "outbox.ageMs": () => outbox.ageMs(),
  "leases.take": () => leases.take("me", ["l"], 1),
  "leases.release": () => leases.release("me", ["l"]),
  "leases.owners": () => leases.owners("l", 1_000),
});

function callsOfTrend({ at, live, leases }: TrendStore): Record<string, Call> {
  const { uow, view, floor, history, shownHistory } = at(1);
  const key = { subject: "book", key: "b" } as const;
  return {
    live,
    "leases.owners": () => leases.owners("l", 1_000),
    "uow.run": () => uow.run(({ erased }) => erased.has(["r"])),
    "view.candidates": () => view.candidates("book", "7d", 0, 1),
    "view.buckets": () => view.buckets("book", ["b"]),
    "view.tally": () => view.tally("book", ["b"], 0, 1),
    "view.shown": () => view.shown(["b"], ["q"]),
    "view.sums": () => view.sums([{ key: "b", from: 0, to: 1 }]),
    "floor.reached": () => floor.reached("book", ["b"], 1),
    "history.keys": () => history.keys(undefined, 1),
    "history.votes": () => history.votes(key, 1, undefined, 1),
    "history.buckets": () => history.buckets(key, 1),
    "shownHistory.books": () => shownHistory.books(undefined, 1),
    "shownHistory.removals": () => shownHistory.removals(undefined, 1),
    "shownHistory.queries": () => shownHistory.queries(1, undefined, 1),
  };
}

function callsOfRecommendation({ at, live, leases }: RecommendationStore): Record<string, Call> {
  const { uow, readers, marks, books, history } = at(1);
  return {
    live,
    "leases.owners": () => leases.owners("l", 1_000),
    "uow.run": () => uow.run(({ erased }) => erased.has(["r"])),
    "readers.interactions": () => readers.interactions(["r"]),
    "readers.searches": () => readers.searches("r", 1),
    "readers.page": () => readers.page("", 1),
    "readers.count": () => readers.count(1),
    "marks.oldest": () => marks.oldest(1),
    "books.facts": () => books.facts(["b"]),
    "books.withFeatures": () => books.withFeatures(["f"], 1),
    "books.neighbours": () => books.neighbours(["b"]),
    "books.popular": () => books.popular(1),
    "history.interactions": () => history.interactions(1, undefined, 1),
    "history.searches": () => history.searches(1, undefined, 1),
    "history.books": () => history.books(undefined, 1),
  };
}
