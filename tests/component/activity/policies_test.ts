import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { decode, encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";

describe("policies of activity, on the memory adapters", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  const seen: Envelope[] = [];
  before(async () => {
    suite = await memorySuite();
    suite.log.subscribe({
      group: "watcher",
      topics: [TOPICS.activityCommands, TOPICS.activityEvents],
      open: () => Promise.resolve(undefined),
      handle(batch) {
        for (const message of batch.messages) {
          const decoded = decode(message);
          if (decoded.ok) seen.push(decoded.value);
        }
        return Promise.resolve(batch.messages.at(-1)!.next);
      },
    });
  });
  after(() => suite.stop());

  const addBook = (id: string) => suite.asks.web("/v1/books", sending("POST", { id, title: `Book ${id}` }));
  const want = (reader: string, book: string) =>
    suite.asks.web("/v1/events", sending("POST", { type: "shelved", reader, book, shelf: "want" }));
  const listOf = async (reader: string) => (await suite.stores.web.readerList.of(reader, 10)).map(({ book }) => book);
  const typed = (type: string) => seen.filter((one) => one.type === type);

  it("a removed book leaves every reader's list: by a command of activity, which an event of the catalogue has caused", async () => {
    for (const book of ["gone", "stays"]) await addBook(book);
    for (const reader of ["r1", "r2"]) for (const book of ["gone", "stays"]) await want(reader, book);
    await eventually(async () => (await listOf("r2")).length === 2);
    const removed = await suite.asks.web("/v1/books/gone", {
      method: "DELETE",
      headers: { authorization: `Bearer ${TOKEN}`, "if-match": "*" },
    });
    expect(removed.status).toBe(204);
    await eventually(() => typed(ACTIVITY.bookForgotten).length === 1);
    expect([await listOf("r1"), await listOf("r2")]).toEqual([["stays"], ["stays"]]);
    const [command] = typed(ACTIVITY.forgetBook);
    const [forgotten] = typed(ACTIVITY.bookForgotten);
    expect(command!.data).toEqual({ book: "gone" });
    expect(forgotten!.data).toEqual({ book: "gone", readers: 2 });
    expect(forgotten!.causationid).toBe(command!.id);
    expect(forgotten!.correlationid).toBe(command!.correlationid);
  });

  it("an event that is delivered again has its command once", async () => {
    const event: Envelope = {
      id: "e1",
      source: "/elsewhere",
      type: "bookstream.catalog.book-removed.v1",
      data: { id: "b9", version: 2 },
    };
    for (let times = 0; times < 2; times++) {
      await suite.log.append([{ topic: TOPICS.catalogEvents, ...encode(event, "b9") }]);
    }
    const about = (type: string) => typed(type).filter(({ data }) => (data as { book: string }).book === "b9");
    await eventually(() => about(ACTIVITY.forgetBook).length === 2);
    expect(new Set(about(ACTIVITY.forgetBook).map(({ id }) => id)).size).toBe(1);
    await addBook("last");
    await want("r3", "last");
    await suite.asks.web("/v1/books/last", {
      method: "DELETE",
      headers: { authorization: `Bearer ${TOKEN}`, "if-match": "*" },
    });
    await eventually(() =>
      typed(ACTIVITY.bookForgotten).some(({ data }) => (data as { book: string }).book === "last")
    );
    expect(about(ACTIVITY.bookForgotten).length).toBe(1);
  });

  it("a book that the catalogue has again by now stays in the lists, and the command is answered by a refusal", async () => {
    await addBook("back");
    await want("r4", "back");
    await eventually(async () => (await listOf("r4")).length === 1);
    const command: Envelope = { id: "c1", source: "/elsewhere", type: ACTIVITY.forgetBook, data: { book: "back" } };
    await suite.log.append([{ topic: TOPICS.activityCommands, ...encode(command, "back") }]);
    await eventually(() => typed(ACTIVITY.commandRejected).some(({ causationid }) => causationid === "c1"));
    expect(await listOf("r4")).toEqual(["back"]);
  });
});
