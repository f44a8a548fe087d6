import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection, type RowDataPacket } from "mysql2";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Unavailable } from "@/application/faults.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
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

    it("a login or a right that is refused while the store is open is an outage, which ends when they are given back", async () => {
      const database = databaseFor(url);
      const user = database.name.slice(0, 20);
      const server = await createConnection(url);
      const act = (sql: string) => server.query(sql);
      const owned = `\`${database.name}\`.*`;
      /** Rights of a database hold from the next connection on. */
      async function cut(): Promise<void> {
        const [open] = await server.query<RowDataPacket[]>(
          "SELECT id FROM information_schema.processlist WHERE user = ?",
          [user],
        );
        for (const { id } of open as { id: number }[]) await server.query("KILL ?", [id]).catch(() => {});
      }
      await act(`CREATE USER '${user}'@'%' IDENTIFIED BY 'right'`);
      await act(`GRANT ALL ON ${owned} TO '${user}'@'%'`);
      const own = new URL(url);
      [own.username, own.password] = [user, "right"];
      const store = await openWebStore({ server: { url: own.href }, name: database.name, clock });
      const write = () => store.uow.run(({ books }) => books.save(book("b")));
      const read = () => store.shelf.get("b");
      const works = (act: () => Promise<unknown>) => eventually(() => act().then(() => true, () => false));
      const refused = async (act: () => Promise<unknown>) => {
        const fault = await eventually(() =>
          act().then(() => undefined, (error) => /refuses this login or right/.test(error.message) ? error : undefined)
        );
        expect([fault.name, fault instanceof Unavailable]).toEqual(["Denied", true]);
      };
      try {
        await write();
        for (
          const [take, give] of [
            [`ALTER USER '${user}'@'%' IDENTIFIED BY 'other'`, `ALTER USER '${user}'@'%' IDENTIFIED BY 'right'`],
            [`REVOKE ALL ON ${owned} FROM '${user}'@'%'`, `GRANT ALL ON ${owned} TO '${user}'@'%'`],
            [`ALTER USER '${user}'@'%' ACCOUNT LOCK`, `ALTER USER '${user}'@'%' ACCOUNT UNLOCK`],
          ]
        ) {
          await act(take!);
          await cut();
          for (const use of [write, read, store.ping]) await refused(use);
          await act(give!);
          for (const use of [write, read, store.ping]) await works(use);
        }
        await act(`REVOKE INSERT, UPDATE, DELETE ON ${owned} FROM '${user}'@'%'`);
        await cut();
        await refused(() => store.uow.run(({ books }) => books.save(book("c"))));
        await works(read);
        await act(`DROP DATABASE \`${database.name}\``);
        await expect(read()).rejects.toThrow(Unavailable);
      } finally {
        await store.close();
        await act(`DROP USER '${user}'@'%'`);
        await server.end();
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
