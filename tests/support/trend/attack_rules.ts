import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { WINDOWS } from "@/domain/trend/window.ts";
import { KINDS, openShop, readBy, type Shop } from "./attacked_shop.ts";
import { ATTACKS } from "./attacks.ts";

const attacks = Object.entries(ATTACKS).map(([says, launch], at) => ({
  says,
  launch,
  book: `attacked${at}`,
  address: `203.0.113.${1 + at}`,
}));

/** What trends promise against each attack with `requests` requests, on every store. */
export function attackRules(requests: number): void {
  for (const [kind, open] of Object.entries(KINDS)) {
    describe(`trends with 200 readers of a book, on ${kind}`, () => {
      let shop: Shop;
      before(async () => {
        shop = await openShop(await open(), { books: ["honest", ...attacks.map(({ book }) => book)] });
        await readBy(shop, 200);
      });
      after(() => shop.close());

      /** Whether the book, and the query for it, have less weight than the honest ones, in each window. */
      async function expectBehind(book: string): Promise<void> {
        await shop.drained();
        for (const window of WINDOWS) {
          for (const what of ["books", "queries"] as const) {
            const scores = await shop.scores(what, window);
            const [honest = 0, attacked = 0] = [scores.get("honest"), scores.get(book)];
            expect([window, what, honest > 0, attacked < honest]).toEqual([window, what, true, true]);
          }
        }
      }

      for (const { says, launch, book, address } of attacks) {
        it(`are not led by one client with ${requests} ${says}`, async () => {
          await launch({ shop, book, address }, requests);
          await expectBehind(book);
        });
      }
    });
  }
}
