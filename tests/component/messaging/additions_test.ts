import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Encoded, Envelope } from "@/application/messaging/wire/envelope.ts";
import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

/** What a later minor version may add: a field, one within a field, and an attribute. */
const MORE = { mood: "glad", place: { shop: 7 } };
const encoder = new TextEncoder();

describe("messages of a later version", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  let count = 0;
  const envelope = (type: string, data: object): Envelope => ({
    id: `m${++count}`,
    source: "/other-team",
    type: `bookstream.${type}`,
    correlationid: `cor-${count}`,
    data,
  });
  const send = (topic: string, message: Encoded) => suite.log.append([{ topic, ...message }]);
  /** In binary mode, with an attribute and a header that nobody knows here. */
  function extended(one: Envelope): Encoded {
    const message = encode(one, "k");
    return { ...message, headers: { ...message.headers, ce_mood: "glad", "x-shop": "7" } };
  }
  /** The same in structured mode. */
  const structured = ({ data, ...attributes }: Envelope): Encoded => ({
    key: encoder.encode("k"),
    headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
    value: encoder.encode(JSON.stringify({ specversion: "1.0", ...attributes, mood: "glad", data })),
  });
  const seen = async (reader: string) =>
    (await suite.stores.recommendation.at(1).readers.interactions([reader])).map(({ book }) => book);

  before(async () => {
    suite = await memorySuite();
    expect((await suite.asks.web("/v1/books", sending("POST", { id: "dune", title: "Dune" }))).status).toBe(201);
  });
  after(() => suite.stop());

  it("events with more fields and attributes are taken by both projections, in both modes", async () => {
    const viewed = (reader: string) => envelope("activity.book-viewed.v1", { reader, book: "dune", ...MORE });
    await send(TOPICS.activityEvents, extended(viewed("binary")));
    await send(TOPICS.activityEvents, structured(viewed("structured")));
    await eventually(async () => (await seen("binary")).length === 1 && (await seen("structured")).length === 1);
    const readers = async () => {
      const { items } = await (await suite.asks.trend("/v1/trends/books")).json();
      return items.find((one: { book: { id: string } }) => one.book.id === "dune")?.readers;
    };
    await eventually(async () => await readers() === 2);
  });

  it("commands with more fields and attributes are done, and the added fields go nowhere", async () => {
    await send(
      TOPICS.catalogCommands,
      extended(envelope("catalog.add-book.v1", { id: "more", title: "More", ...MORE })),
    );
    await send(
      TOPICS.catalogCommands,
      structured(envelope("catalog.add-book.v1", { id: "also", title: "Also", ...MORE })),
    );
    const book = async (id: string) => {
      const response = await suite.asks.web(`/v1/books/${id}`);
      return response.status === 200 && await response.json();
    };
    for (const id of ["more", "also"]) expect(Object.keys(await eventually(() => book(id)))).not.toContain("mood");
    await send(
      TOPICS.activityCommands,
      extended(envelope("activity.record-act.v1", { type: "viewed", reader: "commanded", book: "more", ...MORE })),
    );
    await eventually(async () => (await seen("commanded"))[0] === "more");
  });

  it("a new type of a known module is passed over", async () => {
    await send(TOPICS.activityEvents, extended(envelope("activity.book-lent.v1", { reader: "lender", book: "dune" })));
    await send(
      TOPICS.activityEvents,
      extended(envelope("activity.book-viewed.v1", { reader: "lender", book: "more" })),
    );
    await eventually(async () => (await seen("lender")).length === 1);
    expect(await letters()).toEqual([]);
  });

  it("a new major version is parked by every consumer with its bytes, until somebody can read it", async () => {
    const events = [
      [TOPICS.activityEvents, "activity.book-viewed.v2"],
      [TOPICS.catalogEvents, "catalog.book-added.v2"],
    ] as const;
    const commands = [
      [TOPICS.activityCommands, "activity.record-act.v2"],
      [TOPICS.catalogCommands, "catalog.add-book.v2"],
    ] as const;
    for (const [topic, type] of [...events, ...commands]) await send(topic, extended(envelope(type, { what: "ever" })));
    await send(
      TOPICS.activityEvents,
      extended(envelope("activity.book-viewed.v1", { reader: "behind", book: "dune" })),
    );
    await eventually(async () => (await seen("behind")).length === 1);
    const parked = await eventually(async () => {
      const all = await letters();
      return all.length === 6 && all;
    });
    expect(parked.map(({ consumer, reason, detail }) => `${consumer}: ${reason}, ${detail}`).sort()).toEqual([
      "activity-commands: unknown-version, wanted bookstream.activity.record-act.v1, found bookstream.activity.record-act.v2",
      "catalog-commands: unknown-version, wanted bookstream.catalog.add-book.v1, found bookstream.catalog.add-book.v2",
      "recommendation: unknown-version, wanted bookstream.activity.book-viewed.v1, found bookstream.activity.book-viewed.v2",
      "recommendation: unknown-version, wanted bookstream.catalog.book-added.v1, found bookstream.catalog.book-added.v2",
      "trend: unknown-version, wanted bookstream.activity.book-viewed.v1, found bookstream.activity.book-viewed.v2",
      "trend: unknown-version, wanted bookstream.catalog.book-added.v1, found bookstream.catalog.book-added.v2",
    ]);
    for (const { message } of parked) expect(new TextDecoder().decode(message.value!)).toBe('{"what":"ever"}');
  });

  /** What was parked, in all stores. */
  async function letters(): Promise<DeadLetter[]> {
    const { web, trend, recommendation } = suite.stores;
    const lists = [web, trend, recommendation].map((store) => store.deadLetters.list({}, 0, 100));
    return (await Promise.all(lists)).flat();
  }
});
