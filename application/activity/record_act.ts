import { type Act, createAct, LONGEST_QUERY } from "@/domain/activity/act.ts";
import { afterAct, popularityOf } from "@/domain/activity/reader_book.ts";
import { DAY, hourOf } from "@/domain/hours.ts";
import type { Rejection } from "@/domain/rejection.ts";
import { ok, refuse, type Result } from "@/domain/result.ts";
import { cut, normalForm } from "@/domain/text.ts";
import { defined } from "@/application/defined.ts";
import type { Happened } from "@/application/messaging/commands/command_events.ts";
import type { Context } from "@/application/messaging/commands/processor.ts";
import type { IdGenerator } from "@/application/ports.ts";
import type { z } from "zod";
import { ACTIVITY, type recordActCommand } from "./messages.ts";
import type { ActStores, ExpectedAct } from "./ports.ts";

type Data = z.output<typeof recordActCommand>;

/** Records what a reader did. A known id is accepted again and changes nothing. */
export async function recordAct(
  data: Data,
  { stores, now, sent, ids }: Context<ActStores>,
): Promise<Result<Happened[], Rejection>> {
  const time = timeOf(data, sent);
  const created = createAct(data, time, now);
  if (!created.ok) return created;
  const act = created.value;
  if ("book" in act && !(await stores.knownBooks.has([act.book])).has(act.book)) {
    return refuse({ code: "unknown-book", detail: `the catalogue has no book ${act.book}` });
  }
  if (act.reader !== undefined && await stores.erased.has(act.reader)) {
    return refuse({ code: "reader-erased", detail: `the reader ${act.reader} was erased` });
  }
  const given = idOf(data, time, ids);
  const known = given === undefined ? "new" : await stores.actIds.note(given, fingerprintOf(data, act, ids), now);
  if (known === "same") return ok([]);
  if (known === "other") return refuse({ code: "id-reused", detail: `the id ${given} belongs to another act` });
  const id = given ?? ids.fresh();
  await keepState(act, { time, counts: data.voter !== "client" && data.counts !== false }, stores);
  const said = await happened(act, data.found, stores);
  return ok([{ type: said.type, data: { ...said.data, ...originOf(data) }, key: act.reader ?? id, id, time }]);
}

/** What recording the act will read from the stores. */
export const expectedOf = (data: Data, { sent, ids }: Context<ActStores>): ExpectedAct => ({
  reader: data.reader,
  book: data.book,
  id: idOf(data, timeOf(data, sent), ids),
  listed: LISTED.includes(data.type),
  unordered: UNORDERED.includes(data.type),
});

/** Acts that go into a reader's own list. */
const LISTED: Act["type"][] = ["shelved", "rated", "dismissed", "cleared"];

const UNORDERED: Act["type"][] = ["viewed", "searched"];

/** The time of the act: the client's, else that of the command, so that a delayed command counts for its own hour. */
const timeOf = (data: Data, sent: number): number => data.time === undefined ? sent : Date.parse(data.time);

/** The origin of the act, for the event. */
const originOf = ({ client, voter, counts }: Data) => defined({ client, voter, counts });

/**
 * The id by which a repeated act is recognised, if any. Searches of one reader (or anonymous client) are one event per hour
 * and normal form, so that paging and reloads add none.
 */
function idOf({ id, type, reader, client, query }: Data, time: number, ids: IdGenerator): string | undefined {
  // It has a space, so it cannot be a reader id.
  const who = reader ?? (client === undefined ? undefined : `client ${client}`);
  return id ??
    (type === "searched" && who !== undefined && query !== undefined
      ? ids.of("searched", who, normalForm(query), String(hourOf(time)))
      : undefined);
}

/** How long an id is remembered. A resend within that time is the same act. */
export const ACT_IDS_KEPT_MS = 7 * DAY;

/** What a resend must repeat: the whole act as typed, and its time if one was given. */
function fingerprintOf({ id, time }: Data, act: Act, ids: IdGenerator): string {
  if (id === undefined) return ids.of(...parts(act));
  const typed = act.type === "searched" ? [act.query] : [];
  return ids.of(...parts(act), ...typed, ...(time === undefined ? [] : [String(Date.parse(time))]));
}

/** The parts that identify an act. A query is compared by its normal form. */
function parts(act: Act): string[] {
  const { type, reader = "" } = act;
  switch (type) {
    case "viewed":
    case "dismissed":
      return [type, reader, act.book];
    case "cleared":
      return [type, reader, act.book, ...(act.what === undefined ? [] : [act.what])];
    case "searched":
      return [type, reader, normalForm(act.query)];
    case "shelved":
      return [type, reader, act.book, act.shelf];
    case "rated":
      return [type, reader, act.book, String(act.rating)];
  }
}

/** `counts` is false for a reader who opted out or is one of too many of a client. */
async function keepState(
  act: Act,
  { time, counts }: { time: number; counts: boolean },
  { readerBooks, popularity }: ActStores,
): Promise<void> {
  if (act.type === "searched" || act.type === "viewed") return;
  const before = await readerBooks.get(act.reader, act.book);
  const after = afterAct(before, act, time, counts);
  if (after !== undefined && after !== before) await readerBooks.put(after);
  const points = popularityOf(before, after);
  if (points !== 0) await popularity.add(act.book, points);
}

async function happened(act: Act, found: Data["found"], stores: ActStores): Promise<{ type: string; data: object }> {
  const { type, ...data } = act;
  switch (type) {
    case "viewed":
      return { type: ACTIVITY.bookViewed, data };
    case "shelved":
      return { type: ACTIVITY.bookShelved, data };
    case "rated":
      return { type: ACTIVITY.bookRated, data };
    case "dismissed":
      return { type: ACTIVITY.bookDismissed, data };
    case "cleared":
      return { type: ACTIVITY.bookCleared, data };
    case "searched": {
      const { results, books } = found ?? await stores.firstResults.of(act.query);
      return {
        type: ACTIVITY.bookSearched,
        data: { ...data, normal: cut(normalForm(act.query), LONGEST_QUERY), results, books },
      };
    }
  }
}
