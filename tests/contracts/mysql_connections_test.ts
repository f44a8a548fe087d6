import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection, type RowDataPacket } from "mysql2";
import { openWebStore } from "@/adapters/mysql/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Unavailable } from "@/application/faults.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { databaseFor, SERVERS } from "@/tests/support/mysql.ts";
import { book } from "@/tests/support/samples.ts";

for (const { name, url } of SERVERS) {
  describe(`connections: ${name}`, () => {
    it("a store whose connections the server has cut goes on with new ones, and says no other fault than an outage", async () => {
      const database = databaseFor(url);
      const store = await openWebStore({ server: { url }, name: database.name, clock });
      const server = await createConnection(url);
      try {
        await store.uow.run(({ books }) => books.save(book("before")));
        // Several at once, so that there are several connections to cut.
        await Promise.all(Array.from({ length: 5 }, () => store.shelf.get("before")));
        const [open] = await server.query<RowDataPacket[]>(
          "SELECT id FROM information_schema.processlist WHERE db = ?",
          [database.name],
        );
        expect(open.length).toBeGreaterThan(1);
        for (const { id } of open as { id: number }[]) await server.query("KILL ?", [id]);
        const faults: unknown[] = [];
        await eventually(async () => {
          try {
            await store.uow.run(({ books }) => books.save(book("after")));
            return (await store.shelf.get("after"))?.id === "after";
          } catch (error) {
            faults.push(error);
            return false;
          }
        });
        expect(faults.filter((fault) => !(fault instanceof Unavailable))).toEqual([]);
        expect((await store.shelf.byIds(["before", "after"])).length).toBe(2);
      } finally {
        await server.end();
        await store.close();
        await database.drop();
      }
    });

    it("more callers than may wait for a connection are told of an outage, not of a fault of theirs", async () => {
      const database = databaseFor(url);
      const store = await openWebStore({ server: { url }, name: database.name, clock });
      try {
        const looks = Array.from({ length: 700 }, () => store.uow.run(({ positions }) => positions.logs("nobody")));
        const faults = (await Promise.allSettled(looks)).flatMap((one) =>
          one.status === "rejected" ? [one.reason] : []
        );
        expect(faults.length).toBeGreaterThan(0);
        expect(faults.filter((fault) => !(fault instanceof Unavailable))).toEqual([]);
      } finally {
        await store.close();
        await database.drop();
      }
    });
  });
}
