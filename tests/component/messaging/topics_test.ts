import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { decode, encode } from "@/application/messaging/wire/codec.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

describe("messages of other producers, on the memory adapters", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  const json = async (response: Response) => await response.json();
  const events = (acts: unknown) => suite.asks.web("/v1/events", sending("POST", acts));
  before(async () => {
    suite = await memorySuite();
    expect((await suite.asks.web("/v1/books", sending("POST", { id: "dune", title: "Dune" }))).status).toBe(201);
  });
  after(() => suite.stop());

  it("commands from the topics go the same way as HTTP, and each is answered by an event with its correlation id", async () => {
    const command = (type: string, id: string, data: unknown): Envelope => ({
      id,
      source: "/other-team",
      type,
      correlationid: `cor-${id}`,
      data,
    });
    const send = (topic: string, key: string, envelope: Envelope) =>
      suite.log.append([{ topic, ...encode(envelope, key) }]);
    await send(
      TOPICS.catalogCommands,
      "consumed",
      command("bookstream.catalog.add-book.v1", "c1", { id: "consumed", title: "Consumed Wisdom" }),
    );
    await send(
      TOPICS.catalogCommands,
      "consumed",
      command("bookstream.catalog.add-book.v1", "c2", { id: "consumed", title: "" }),
    );
    await send(
      TOPICS.catalogCommands,
      "consumed",
      command("bookstream.catalog.add-book.v1", "c1", { id: "consumed", title: "Again" }),
    );
    await eventually(async () =>
      (await json(await suite.asks.web("/v1/books?q=consumed%20wisdom"))).items.length === 1
    );
    await send(
      TOPICS.activityCommands,
      "r9",
      command("bookstream.activity.record-act.v1", "c3", { type: "viewed", reader: "r9", book: "consumed" }),
    );
    await eventually(async () => (await suite.stores.recommendation.at(1).readers.interactions(["r9"])).length === 1);
    const answers: Envelope[] = [];
    const reader = suite.log.subscribe({
      group: "answers",
      topics: [TOPICS.catalogEvents],
      open: () => Promise.resolve(undefined),
      handle: (batch) => {
        for (const one of batch.messages) {
          const decoded = decode(one);
          if (decoded.ok && decoded.value.correlationid?.startsWith("cor-") === true) answers.push(decoded.value);
        }
        return Promise.resolve(batch.messages.at(-1)!.next);
      },
    });
    await eventually(() => answers.length === 2);
    expect(answers.map(({ type, correlationid, causationid }) => [type, correlationid, causationid])).toEqual([
      ["bookstream.catalog.book-added.v1", "cor-c1", "c1"],
      ["bookstream.catalog.command-rejected.v1", "cor-c2", "c2"],
    ]);
    expect((answers[1]!.data as { reason: { code: string } }).reason.code).toBe("invalid");
    await reader.stop();
  });

  it("rubbish on a topic is parked with its bytes and stops nobody", async () => {
    const bytes = new Uint8Array([255, 0, 123]);
    const broken = { key: null, headers: {}, value: bytes };
    const future = encode({ id: "f", source: "/x", type: "bookstream.activity.book-viewed.v2", data: {} }, "k");
    const unknown = encode({ id: "u", source: "/x", type: "bookstream.activity.book-burnt.v1", data: {} }, "k");
    const wrong = encode({ id: "w", source: "/x", type: "bookstream.activity.book-viewed.v1", data: { book: 7 } }, "k");
    const ahead = encode({
      id: "a",
      source: "/x",
      type: "bookstream.activity.book-viewed.v1",
      time: new Date(Date.now() + 3_600_000).toISOString(),
      data: { book: "dune" },
    }, "k");
    const tombstone = { key: null, headers: {}, value: null };
    await suite.log.append(
      [broken, future, unknown, wrong, ahead, tombstone].map((one) => ({ topic: TOPICS.activityEvents, ...one })),
    );
    await events({ type: "viewed", reader: "behind", book: "dune" });
    await eventually(async () =>
      (await suite.stores.recommendation.at(1).readers.interactions(["behind"])).length === 1
    );
    const letters = await eventually(async () => {
      const list = await suite.stores.trend.deadLetters.list({}, 0, 100);
      return list.length >= 5 && list;
    });
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      "time-ahead",
      "unknown-version",
      "unreadable",
      "unreadable",
      "unreadable",
    ]);
    expect(letters.find(({ message }) => message.value?.[0] === 255)?.message.value).toEqual(bytes);
  });
});
