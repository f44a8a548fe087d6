import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { openStoreDatabase } from "@/adapters/sqlite/database.ts";
import { openWebStore as openFile, WEB_MIGRATIONS as FILE_MIGRATIONS } from "@/adapters/sqlite/web_store.ts";
import { openDatabase } from "@/adapters/mysql/database.ts";
import { openWebStore as openOnServer, WEB_MIGRATIONS } from "@/adapters/mysql/web_store.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { ALL_SHARDS, shardOf } from "@/application/messaging/outbox/shards.ts";
import type { Clock } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { databaseFor, SERVERS } from "@/tests/support/mysql.ts";
import { message, text } from "@/tests/support/samples.ts";

type Opened = { store: WebStore; database: Database; close(): Promise<void> };
const STORES: { name: string; open(clock: Clock): Promise<Opened> }[] = [
  {
    name: "sqlite",
    async open(clock) {
      const folder = await Deno.makeTempDir();
      const path = join(folder, "web.db");
      return {
        store: openFile({ path, clock }),
        database: openStoreDatabase({ path, clock, migrations: FILE_MIGRATIONS }),
        close: () => Deno.remove(folder, { recursive: true }),
      };
    },
  },
  ...SERVERS.map(({ name, url }) => ({
    name,
    async open(clock: Clock) {
      const { name, drop } = databaseFor(url);
      const deps = { server: { url }, name, clock };
      const store = await openOnServer(deps);
      return { store, database: await openDatabase({ ...deps, migrations: WEB_MIGRATIONS }), close: drop };
    },
  })),
];

for (const { name, open } of STORES) {
  describe(`an outbox that a process of the version before shares: ${name}`, () => {
    async function withStore(test: (opened: Opened, clock: { skip(ms: number): void }) => Promise<void>) {
      let skipped = 0;
      const opened = await open({ ...systemClock, now: () => systemClock.now() + skipped });
      try {
        await test(opened, { skip: (ms) => void (skipped += ms) });
      } finally {
        await opened.store.close();
        await opened.database.close();
        await opened.close();
      }
    }

    /** As that version adds a message. */
    const addEarlier = ({ database }: Opened, key: string, value: string) =>
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
      Number((await database.read.get("SELECT COUNT(*) AS n FROM outbox"))!.n);
    const later = () => new Promise((resolve) => setTimeout(resolve, 5));

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
        expect([await opened.store.outbox.size(), await opened.store.outbox.atMost()]).toEqual([5, 5]);
        expect(await opened.store.outbox.ageMs()).toBeGreaterThan(10);
        const [one, two] = await read(opened);
        await opened.store.uow.run(({ outbox }) => outbox.remove([one!.row, two!.row]));
        expect(await values(opened)).toEqual(["3", "4", "5"]);
        const rest = await read(opened);
        await opened.store.uow.run(({ outbox }) => outbox.remove(rest.map(({ row }) => row)));
        expect([await opened.store.outbox.size(), await opened.store.outbox.ageMs()]).toEqual([0, undefined]);
      }));

    it("while a relay of that version has a shard it gets rows that it can read, and packs come once it has gone", () =>
      withStore(async (opened, { skip }) => {
        const { leases } = opened.store;
        await leases.take("an-earlier-relay", ["relay/shard/3"], 60_000);
        await leases.take("packs/a-relay", ["relay/shard/4"], 60_000);
        await add(opened, "1", "2");
        expect(await single(opened)).toBe(2);
        await leases.release("an-earlier-relay", ["relay/shard/3"]);
        skip(1_500);
        await later();
        await add(opened, "3", "4");
        expect([await single(opened), await values(opened)]).toEqual([2, ["1", "2", "3", "4"]]);
      }));
  });
}
