import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { CONSUMER_NAMES, CONSUMERS, handles, type StoreName } from "@/tests/oracle/consumers.ts";
import { eventsOf } from "@/tests/oracle/events.ts";
import type { Evidence, FoundDeadLetter, PositionNote, Unusable, WebState } from "@/tests/oracle/evidence.ts";
import { at, envelopeOf, placeOf } from "@/tests/oracle/messages.ts";
import { bookText } from "@/tests/oracle/model/books.ts";
import { takenBy, type Transaction, transactionsOf } from "@/tests/oracle/transactions.ts";
import { BUG, meetsBug } from "@/tests/faults/simulated/mutants/handler_bugs.ts";
import { PLANTED } from "@/tests/faults/simulated/actors/poison.ts";
import { liveVersions } from "./quiet.ts";
import { recommendationStateOf } from "./recommendation_state.ts";
import { rebuiltTrends, trendStateOf } from "./trend_state.ts";
import { READERS } from "@/tests/faults/simulated/actors/workload.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

/** What the oracle asks about: the history, and what is stored once all is quiet. */
export async function evidenceOf(world: World): Promise<Evidence> {
  const { history, servers, bugs } = world;
  const live = await liveVersions(servers);
  const messages = [...history.log.values()].flat();
  const planted = messages.filter(({ headers }) => headers[PLANTED] !== undefined);
  const taken = (consumer: "trend" | "recommendation") =>
    takenBy(consumer, transactionsOf(consumer, history.commits, live));
  const events = eventsOf(messages.filter(({ headers }) => headers[PLANTED] === undefined));
  const had = { trend: eventsOf(taken("trend")), recommendation: eventsOf(taken("recommendation")) };
  const trend = servers.trend.store.at(live.trend);
  return {
    calls: history.calls,
    looks: history.looks,
    messages,
    events,
    foreign: new Set(planted.flatMap((message) => envelopeOf(message)?.id ?? [])),
    had,
    state: {
      web: await webStateOf(world),
      trend: await trendStateOf(world, trend),
      recommendation: await recommendationStateOf(servers.recommendation.store.at(live.recommendation)),
    },
    deadLetters: await deadLettersOf(world, live),
    unusable: unusableOf(messages, bugs.fixed),
    unfollowed: new Set(planted.filter(({ headers }) => headers[PLANTED] === "skipped").map(at)),
    mended: bugs.fixed,
    positions: notesOf(history.commits, live),
    live,
    transactions: history.commits,
    rebuilt: [await rebuiltTrends(world, taken("trend"), trend)],
  };
}

async function deadLettersOf({ servers }: World, live: Record<StoreName, number>): Promise<FoundDeadLetter[]> {
  const all: FoundDeadLetter[] = [];
  for (const consumer of CONSUMER_NAMES) {
    const { store } = CONSUMERS[consumer];
    all.push(...await servers[store].store.deadLetters.list({ consumer, version: live[store] }, 0, 10_000));
  }
  return all;
}

/** What a consumer cannot handle, each with the reason that is planted in it. */
const unusableOf = (messages: Incoming[], fixed: boolean): Unusable[] =>
  CONSUMER_NAMES.flatMap((consumer) =>
    messages.filter((message) => handles(consumer, message)).flatMap((message): Unusable[] => {
      const planted = message.headers[PLANTED];
      if (planted === "skipped") return [];
      if (planted !== undefined) return [{ consumer, message, reason: planted as FoundDeadLetter["reason"] }];
      return !fixed && meetsBug(message) ? [{ consumer, message, reason: "failed" }] : [];
    })
  );

/** What transactions wrote of the positions of the versions that readers see. */
function notesOf(transactions: Transaction[], live: Record<StoreName, number>): PositionNote[] {
  return CONSUMER_NAMES.flatMap((consumer) =>
    transactionsOf(consumer, transactions, live).flatMap(({ by, claims, moves }) => {
      const own = (one: { consumer: string }) => one.consumer === consumer;
      const place = (one: { topic: string; partition: number }) => `${consumer} ${placeOf(one)}`;
      return [
        ...claims.filter(own).map((one): PositionNote => ({
          place: place(one),
          kind: "claim",
          epoch: BigInt(one.epoch),
          by,
        })),
        ...moves.filter(own).map((one): PositionNote => ({
          place: place(one),
          kind: "move",
          epoch: BigInt(one.epoch),
          next: BigInt(one.next),
          by,
        })),
      ];
    })
  );
}

const EVERYBODY = [...READERS, BUG.commands, BUG.events];

async function webStateOf({ servers }: World): Promise<WebState> {
  const { shelf, readerList, outbox } = servers.web.store;
  const books = await shelf.list({ facets: [], sort: "title", limit: 100 });
  const lists = await Promise.all(EVERYBODY.map((reader) => readerList.of(reader, 10_000)));
  return {
    books: new Map(books.map((book) => [book.id, bookText(book)])),
    readerBooks: lists.flat(),
    outbox: await outbox.size(),
  };
}
