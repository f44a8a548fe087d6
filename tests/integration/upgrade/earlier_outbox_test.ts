import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { openWebStore as openFile, WEB_MIGRATIONS as FILE_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";
import { openDatabase } from "@/adapters/mysql/database.ts";
import { openWebStore as openOnServer, WEB_MIGRATIONS } from "@/adapters/mysql/stores/web_store.ts";
import { packMessages } from "@/adapters/sql/messaging/pack.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { ALL_SHARDS, shardOf } from "@/application/messaging/outbox/shards.ts";
import type { Clock } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { databaseFor, SERVERS } from "@/tests/support/databases/mysql.ts";
import { message, text } from "@/tests/support/samples.ts";

/** How many migrations a store had before packs were rows of the outbox. */
const EARLIER = { file: 19, server: 20 };

type Opened = { store: WebStore; database: Database; close(): Promise<void> };
/** `fill`: writes into the database while it has the tables of the version before. */
type Open = (clock: Clock, fill?: (database: Database) => Promise<unknown>) => Promise<Opened>;
const STORES: { name: string; open: Open }[] = [
  {
    name: "sqlite",
    async open(clock, fill) {
      const folder = await Deno.makeTempDir();
      const path = join(folder, "web.db");
      if (fill !== undefined) {
        const earlier = openStoreDatabase({ path, clock, migrations: FILE_MIGRATIONS.slice(0, EARLIER.file) });
        await fill(earlier);
        await earlier.close();
      }
      return {
        store: openFile({ path, clock }),
        database: openStoreDatabase({ path, clock, migrations: FILE_MIGRATIONS }),
        close: () => Deno.remove(folder, { recursive: true }),
      };
    },
  },
  ...SERVERS.map(({ name, url }) => ({
    name,
    async open(...[clock, fill]: Parameters<Open>) {
      const { name, drop } = databaseFor(url);
      const deps = { server: { url }, name, clock };
      if (fill !== undefined) {
        const earlier = await openDatabase({ ...deps, migrations: WEB_MIGRATIONS.slice(0, EARLIER.server) });
        await fill(earlier);
        await earlier.close();
      }
      const store = await openOnServer(deps);
      return { store, database: await openDatabase({ ...deps, migrations: WEB_MIGRATIONS }), close: drop };
    },
  })),
];

for (const { name, open } of STORES) {
  describe(`an outbox that a process of the version before shares: ${name}`, () => {
    async function withStore(
      test: (opened: Opened, clock: { skip(ms: number): void }) => Promise<void>,
      fill?: Parameters<Open>[1],
    ) {
      let skipped = 0;
      const opened = await open({ ...systemClock, now: () => systemClock.now() + skipped }, fill);
      try {
        await test(opened, { skip: (ms) => void (skipped += ms) });
      } finally {
        await opened.store.close();
        await opened.database.close();
        await opened.close();
      }
    }

    /** As that version adds a message. */
    const addEarlier = ({ database }: Pick<Opened, "database">, key: string, value: string) =>
      database.transaction(async ({ runRows, dialect }) => {
        const bytes = new TextEncoder().encode(key);
        const row = ["t", bytes, "{}", new TextEncoder().encode(value), shardOf(bytes), 9, dialect.stamp()];
        await runRows("INSERT INTO outbox (topic, `key`, headers, value, shard, bytes, added) VALUES ?", [row]);
      });
    const add = ({ store }: Opened, ...values: string[]) =>
      store.uow.run(({ outbox }) => outbox.add(values.map((value) => message("t", "k", value))));
    const read = async ({ store }: Opened) => await store.outbox.read(ALL_SHARDS, { rows: 100, bytes: 100_000 });
    const values = async (opened: Opened) => (await read(opened)).map(({ message }) => text(message.value));
    const single = async ({ database }: Opened) =>
      Number((await database.read.get("SELECT COUNT(*) AS n FROM outbox WHERE topic <> ''"))!.n);
    const later = () => new Promise((resolve) => setTimeout(resolve, 5));
    /** As where the version before has run: nothing says that all relays read packs. */
    const forgetNote = ({ database }: Opened) =>
      database.transaction(({ run }) => run("DELETE FROM deployment WHERE name = 'outbox-packs'"));

    it("what it adds is sent in turn with packs, counted with them and removed", () =>
      withStore(async (opened) => {
        await addEarlier(opened, "k", "1");
        await later();
        await add(opened, "2", "3");
        await later();
        await addEarlier(opened, "k", "4");
        await later();
        await add(opened, "5");
        expect(await values(opened)).toEqual(["1", "2", "3", "4", "5"]);
        expect([await opened.store.outbox.size(), await opened.store.outbox.sizeAtMost()]).toEqual([5, 5]);
        expect(await opened.store.outbox.ageMs()).toBeGreaterThan(10);
        const [one, two] = await read(opened);
        await opened.store.uow.run(({ outbox }) => outbox.remove([one!.row, two!.row]));
        expect(await values(opened)).toEqual(["3", "4", "5"]);
        const rest = await read(opened);
        await opened.store.uow.run(({ outbox }) => outbox.remove(rest.map(({ row }) => row)));
        expect([await opened.store.outbox.size(), await opened.store.outbox.ageMs()]).toEqual([0, undefined]);
      }));

    it("what it adds in the millisecond of a pack keeps its turn, before and behind it", () =>
      withStore(async (opened) => {
        await addEarlier(opened, "k", "1");
        await add(opened, "2", "3");
        await addEarlier(opened, "k", "4");
        await opened.database.transaction(({ run }) => run("UPDATE outbox SET added = 1"));
        expect(await values(opened)).toEqual(["1", "2", "3", "4"]);
      }));

    it("while a relay of that version may run there are rows that it can read, and packs come once all shards have others", () =>
      withStore(async (opened, { skip }) => {
        await forgetNote(opened);
        const { leases } = opened.store;
        const addNext = async (...values: string[]) => {
          skip(1_500);
          await later();
          await add(opened, ...values);
          return await single(opened);
        };
        const shards = ALL_SHARDS.map((shard) => `relay/shard/${shard}`);
        // Its only relay is between two leases.
        expect(await addNext("1")).toBe(1);
        // A shard that no relay has may be that of its relay.
        await leases.take("packs/a-relay", shards.slice(1), 60_000);
        expect(await addNext("2", "3")).toBe(3);
        await leases.take("an-earlier-relay", shards, 60_000);
        expect(await addNext("4")).toBe(4);
        await leases.release("an-earlier-relay", shards);
        await leases.take("packs/a-relay", shards, 60_000);
        await leases.take("an-earlier-relay", ["relay/seat/1"], 60_000);
        expect(await addNext("5")).toBe(5);
        await leases.release("an-earlier-relay", ["relay/seat/1"]);
        expect(await addNext("6")).toBe(6);
        // From here on it is noted, whoever has a lease.
        await leases.release("packs/a-relay", shards);
        expect(await addNext("7", "8")).toBe(6);
        expect(await values(opened)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
      }));

    it("what it has left is sent, messages and packs, and its relay may still run", () =>
      withStore(async (opened) => {
        expect(await values(opened)).toEqual(["1", "3", "4"]);
        expect([await opened.store.outbox.size(), await opened.store.outbox.sizeAtMost()]).toEqual([3, 3]);
        await add(opened, "5");
        expect(await single(opened)).toBe(2);
      }, async (database) => {
        await addEarlier({ database }, "k", "1");
        const pack = packMessages(["2", "3", "4"].map((value) => message("t", "k", value)));
        await database.transaction(async ({ run, runRows, dialect }) => {
          const columns = "(shard, waiting, bytes, pack, added)";
          const row = [shardOf(new TextEncoder().encode("k")), 2, 9, pack, dialect.stamp()];
          await runRows(`INSERT INTO outbox_pack ${columns} VALUES ?`, [row]);
          await run("INSERT INTO lease (name, owner, until) VALUES ('relay/seat/0', '', 0)");
        });
      }));

    it("its relay, where it wakes up late, stops at a pack and passes nothing over", () =>
      withStore(async (opened) => {
        await add(opened, "1", "2");
        const [pack] = await opened.database.read.all("SELECT headers FROM outbox");
        expect(() => JSON.parse(String(pack!.headers))).toThrow(SyntaxError);
      }));
  });
}

for (const { name, url } of SERVERS) {
  describe(`the step to packs in the outbox: ${name}`, () => {
    const [before, step] = [WEB_MIGRATIONS.slice(0, EARLIER.server), WEB_MIGRATIONS[EARLIER.server]!];

    /** As the version before adds a pack. */
    const addPack = (database: Database, value: string) =>
      database.transaction(async ({ runRows, dialect }) => {
        const row = [0, 1, 9, packMessages([message("t", "k", value)]), dialect.stamp()];
        await runRows("INSERT INTO outbox_pack (shard, waiting, bytes, pack, added) VALUES ?", [row]);
      });

    for (let done = 0; done <= step.length; done++) {
      it(`loses and doubles nothing where it ends after ${done} statements while the version before goes on`, async () => {
        const { name, drop } = databaseFor(url);
        const deps = { server: { url }, name, clock: systemClock };
        const earlier = await openDatabase({ ...deps, migrations: before });
        await addPack(earlier, "1");
        const cut = await openDatabase({ ...deps, migrations: [...before, step.slice(0, done)] });
        await cut.transaction(({ run }) => run("DELETE FROM schema_version WHERE version > ?", [EARLIER.server]));
        const late = await addPack(earlier, "2").then(() => ["2"], () => []);
        const store = await openOnServer(deps);
        try {
          const rows = await store.outbox.read(ALL_SHARDS, { rows: 100, bytes: 100_000 });
          expect(rows.map(({ message }) => text(message.value))).toEqual(["1", ...late]);
        } finally {
          for (const one of [earlier, cut, store]) await one.close();
          await drop();
        }
      });
    }
  });
}
