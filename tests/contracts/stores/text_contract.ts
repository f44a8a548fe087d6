import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { workOf } from "@/domain/catalog/work.ts";
import fc from "fast-check";
import { createAct } from "@/domain/activity/act.ts";
import { type BookDetails, createBook } from "@/domain/catalog/book.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { actItem, ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import { CATALOG, CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { defined } from "@/application/defined.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { webBus } from "@/services/web/app.ts";
import { oddText, someText } from "@/tests/support/catalog/odd_text.ts";
import { book } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "@/tests/contracts/messaging/messaging_contract.ts";

const details: fc.Arbitrary<BookDetails> = fc.record({
  title: someText(8),
  authors: fc.array(someText(4), { maxLength: 3 }),
  subjects: fc.array(someText(4), { maxLength: 2 }),
  popularity: fc.constant(0),
  description: fc.option(someText(8), { nil: undefined }),
}).map((one) => defined(one));

/** What every store promises of text: it is refused, or the same in the answer, in the store and in the event. */
export function textContract(name: string, make: () => Promise<StoreUnderTest<WebStore>>): void {
  describe(`text: ${name}`, () => {
    let made: StoreUnderTest<WebStore>;
    let bus: MessageBus;
    let number = 0;
    const send = async (topic: string, type: string, data: unknown) => {
      const [outcome] = await bus.dispatch(topic, [{ id: ids.fresh(), source: "/text", type, data }]);
      return outcome!;
    };
    /** The data of all events in the outbox, which is emptied. */
    async function told(): Promise<unknown[]> {
      const rows = await made.other.outbox.read(ALL_SHARDS, { rows: 100, bytes: 1_000_000 });
      await made.store.uow.run(({ outbox }) => outbox.remove(rows.map(({ row }) => row)));
      return rows.map(({ message }) => decode(message)).map((one) => one.ok ? one.value.data : one.error);
    }

    before(async () => {
      made = await make();
      bus = webBus({ store: made.store, clock, ids });
      await made.store.uow.run(({ books }) => books.save(book("b")));
    });
    after(() => made?.close());

    it("a book is refused, or as the domain has made it: in the answer, the store and the event, and imported again unchanged", async () => {
      await fc.assert(
        fc.asyncProperty(details, async (given) => {
          const id = `t${++number}`;
          const outcome = await send(CATALOG_TOPICS.commands, CATALOG.addBook, { id, ...given });
          const wanted = createBook(id, given);
          const stored = await made.other.shelf.get(id);
          if (!wanted.ok) {
            expect([outcome.kind, stored, await told()]).toEqual(["rejected", undefined, []]);
            return;
          }
          const book = wanted.value;
          const event = { ...book, work: workOf(book) };
          const answered = outcome.kind === "done" ? outcome.events.map(({ data }) => data) : [];
          const inside = await made.store.uow.run(({ books }) => books.get(id));
          expect([answered, stored, inside, await told()]).toEqual([[event], book, book, [event]]);
          async function* rows() {
            yield { columns: { id, ...given }, at: 1, line: "" };
          }
          const report = await importBooks({ bus, shelf: made.other.shelf, ids }, rows());
          expect([report.changed, await told()]).toEqual([0, []]);
        }),
        { numRuns: 150 },
      );
    });

    it("a query is refused, or the same in the event as the domain has made it", async () => {
      await fc.assert(
        fc.asyncProperty(someText(8), async (query) => {
          const outcome = await send(ACTIVITY_TOPICS.commands, ACTIVITY.recordAct, { type: "searched", query });
          const wanted = createAct({ type: "searched", query }, 0, 0);
          const events = await told();
          expect([outcome.kind, events.length]).toEqual(wanted.ok ? ["done", 1] : ["rejected", 0]);
          if (wanted.ok) expect(events).toMatchObject([{ query: (wanted.value as { query: string }).query }]);
        }),
        { numRuns: 100 },
      );
    });

    it("acts of different ids are different acts, and of one id one, whatever it is made of", async () => {
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(oddText(4), async (id) => {
          const act = { type: "viewed", reader: "r", book: "b", id };
          const outcome = await send(ACTIVITY_TOPICS.commands, ACTIVITY.recordAct, act);
          const events = await told();
          if (!actItem.safeParse(act).success) {
            expect([outcome.kind, events]).toEqual(["rejected", []]);
            return;
          }
          expect([id, outcome.kind, events.length]).toEqual([id, "done", seen.has(id) ? 0 : 1]);
          seen.add(id);
          const again = await send(ACTIVITY_TOPICS.commands, ACTIVITY.recordAct, act);
          expect([id, again.kind, await told()]).toEqual([id, "done", []]);
        }),
        { numRuns: 150 },
      );
    });

    it("ids of books and readers in acts are refused, or the same in the reader's list as in the event", async () => {
      await fc.assert(
        fc.asyncProperty(oddText(3), oddText(3), async (reader, bookId) => {
          const known = createBook(bookId, { title: "T", authors: [], subjects: [], popularity: 0 });
          await send(CATALOG_TOPICS.commands, CATALOG.addBook, { id: bookId, title: "T" });
          expect((await made.other.shelf.get(bookId))?.id).toBe(known.ok ? bookId : undefined);
          await told();
          const act = { type: "shelved", reader, book: bookId, shelf: "want" } as const;
          const outcome = await send(ACTIVITY_TOPICS.commands, ACTIVITY.recordAct, act);
          const isFine = known.ok && createAct(act, 0, 0).ok;
          const events = await told();
          expect([outcome.kind, events.length]).toEqual(isFine ? ["done", 1] : ["rejected", 0]);
          if (!isFine) return;
          expect(events).toMatchObject([{ reader, book: bookId }]);
          expect(await made.other.readerList.about(reader, bookId)).toMatchObject({ reader, book: bookId });
        }),
        { numRuns: 100 },
      );
    });
  });
}
