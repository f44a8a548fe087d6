import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { leastReadersOf } from "@/services/suite/first_try.ts";
import { sampleCatalogue } from "@/services/suite/sample_catalogue.ts";
import { book, silent as logger } from "@/tests/support/samples.ts";
import { handClock } from "@/tests/support/suites/web_api.ts";

/** How many readers a trend needs with the settings, on a catalogue with the sample books. */
async function firstTry(settings: Record<string, string> = {}) {
  const [store, clock, folder] = [createMemoryWebStore(), handClock(), await Deno.makeTempDir()];
  await sampleCatalogue(folder, { store, clock, ids });
  await Deno.remove(folder, { recursive: true });
  const least = leastReadersOf({ settings: readSettings(settings, []), shelf: store.shelf, clock, logger });
  const wanted = async () => {
    clock.pass(60_000);
    return typeof least === "number" ? least : await least();
  };
  return { store, wanted };
}

describe("a first try", () => {
  it("needs one reader for a trend", async () => {
    for (const HOST of ["127.0.0.1", "localhost", "::1", "127.1.2.3"]) {
      expect([HOST, await (await firstTry({ HOST })).wanted()]).toEqual([HOST, 1]);
    }
  });

  it("is none where others can come, without the samples, on servers, or where the settings say so", async () => {
    const shops: Record<string, string>[] = [
      { HOST: "0.0.0.0" },
      { HOST: "192.0.2.1" },
      { HOST: "shop.example.org" },
      { SAMPLE_CATALOGUE: "off" },
      { KAFKA_BROKERS: "127.0.0.1:9092" },
      { MYSQL_URL: "mysql://root@127.0.0.1:3306" },
      { DEMO: "off" },
    ];
    for (const shop of shops) expect([shop, await (await firstTry(shop)).wanted()]).toEqual([shop, 3]);
    expect(await (await firstTry({ HOST: "0.0.0.0", TREND_MIN_READERS: "7" })).wanted()).toBe(7);
    expect(await (await firstTry({ HOST: "0.0.0.0", DEMO: "on" })).wanted()).toBe(1);
  });

  it("ends by itself with the first book of one's own, for good", async () => {
    const { store, wanted } = await firstTry();
    expect(await wanted()).toBe(1);
    await store.uow.run(({ books }) => books.save(book("own")));
    expect(await wanted()).toBe(3);
    await store.uow.run(({ books }) => books.remove(book("own")));
    expect(await wanted()).toBe(3);
  });

  it("ends by itself when the sample books are removed", async () => {
    const { store, wanted } = await firstTry();
    const all = await store.shelf.list({ facets: [], sort: "title", limit: 10_000 });
    expect(all.length).toBeGreaterThan(100);
    await store.uow.run(async ({ books }) => {
      for (const one of all.slice(1)) await books.remove(one);
    });
    expect(await wanted()).toBe(1);
    await store.uow.run(({ books }) => books.remove(all[0]!));
    expect(await wanted()).toBe(3);
  });

  it("needs as many readers as a shop while the catalogue does not answer", async () => {
    const down = () => Promise.reject(new Error("gone"));
    const { store } = await firstTry();
    const shelf = { ...store.shelf, byIds: down };
    const least = leastReadersOf({ settings: readSettings({}, []), shelf, clock: handClock(), logger });
    expect(typeof least === "function" && await least()).toBe(3);
  });
});
