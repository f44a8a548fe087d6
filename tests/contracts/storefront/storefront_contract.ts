import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { recommendationSchema } from "@/application/recommendation/messages.ts";
import type { Recommendations, Trends } from "@/application/storefront/ports.ts";
import { bookTrendSchema, queryTrendSchema } from "@/application/trend/messages.ts";

/**
 * A storefront's view on a shop where readers r1 and r2 looked at Dune, r1 at Dune Messiah too, and r1 searched for "Dune"; Emma
 * is in the catalogue and nobody looked at it. `gone` is a view of services that do not answer.
 */
type StorefrontUnderTest = {
  trends: Trends;
  recommendations: Recommendations;
  gone: { trends: Trends; recommendations: Recommendations };
  close(): Promise<void>;
};

/** What the storefront relies on when it asks the other services. */
export function storefrontContract(name: string, make: () => Promise<StorefrontUnderTest>): void {
  describe(`the other services as the storefront sees them: ${name}`, () => {
    let made: StorefrontUnderTest;
    before(async () => {
      made = await make();
    });
    after(() => made?.close());

    it("book trends come best first, ranked from 1, as the shape says, no more than asked", async () => {
      const items = await made.trends.books("24h", 10);
      expect(items.map(({ rank, book }) => [rank, book.id])).toEqual([[1, "dune"], [2, "messiah"]]);
      for (const item of items) expect(bookTrendSchema.parse(item)).toEqual(item);
      expect([items[0]?.readers, items[0]?.searches]).toEqual([2, 1]);
      expect((await made.trends.books("7d", 1)).map(({ book }) => book.id)).toEqual(["dune"]);
    });

    it("query trends name the query as typed and the books that it found", async () => {
      const [item, ...rest] = await made.trends.queries("24h", 10);
      expect([item?.query, item?.count, item?.books.map((book) => book.id), rest]).toEqual(["Dune", 1, [
        "dune",
        "messiah",
      ], []]);
      expect(queryTrendSchema.parse(item)).toEqual(item);
    });

    it("a reader's list leaves out what they know and says why; a newcomer's is of popular books", async () => {
      const own = await made.recommendations.forReader("r2", 10);
      expect(own.map(({ book }) => book.id)).not.toContain("dune");
      expect([own[0]?.book.id, own[0]?.reason.kind, own[0]?.reason.book]).toEqual(["messiah", "because_you", "dune"]);
      for (const item of own) expect(recommendationSchema.parse(item)).toEqual(item);
      const newcomer = await made.recommendations.forReader("nobody", 2);
      expect([newcomer.length, newcomer[0]?.reason.kind]).toEqual([2, "popular"]);
    });

    it("similar books are others than the book, each with its reason; of an unknown book there are none", async () => {
      const items = await made.recommendations.similarTo("dune", 10);
      expect(items[0]?.book.id).toBe("messiah");
      expect(items.map(({ book }) => book.id)).not.toContain("dune");
      expect(items[0]?.reason.text.length).toBeGreaterThan(0);
      expect(await made.recommendations.similarTo("none", 10)).toEqual([]);
    });

    it("a service that does not answer is a rejection, never an empty list", async () => {
      await expect(made.gone.trends.books("24h", 1)).rejects.toThrow();
      await expect(made.gone.trends.queries("24h", 1)).rejects.toThrow();
      await expect(made.gone.recommendations.forReader("r1", 1)).rejects.toThrow();
    });
  });
}
