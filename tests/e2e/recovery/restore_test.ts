import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { watchCopies } from "@/application/catalog/books/copies.ts";
import { recommendationCopy, trendCopy } from "@/services/shared/adapters/copies.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, sending } from "@/tests/support/suites/memory_suite.ts";
import { silent } from "@/tests/support/samples.ts";
import { createRestoreWorlds, type RestoreWorld } from "@/tests/support/databases/restore_worlds.ts";

type App = { fetch(request: Request): Response | Promise<Response> };
const ask = async (app: App, path: string, init: RequestInit = {}) =>
  await app.fetch(new Request(`http://suite.test${path}`, init));
const add = async (app: App, id: string, title: string) =>
  (await ask(app, "/v1/books", sending("POST", { id, title }))).status;
const versionOf = async (app: App, id: string) => (await (await ask(app, `/v1/books/${id}`)).json()).version as number;
async function change(app: App, id: string, title: string) {
  const ifMatch = `"${await versionOf(app, id)}"`;
  return (await ask(app, `/v1/books/${id}`, sending("PUT", { title }, { "if-match": ifMatch }))).status;
}
const view = async (app: App, book: string, readers = ["r1", "r2", "r3"]) => {
  const acts = readers.map((reader) => ({ type: "viewed", reader, book }));
  return (await ask(app, "/v1/events", sending("POST", acts))).status;
};

/** The titles that trend lists, by book. */
async function trending(app: App): Promise<Record<string, string>> {
  const { items } = await (await ask(app, "/v1/trends/books")).json();
  return Object.fromEntries(
    items.map(({ book }: { book: { id: string; title: string } }) => [book.id, book.title]),
  );
}

/** All that the services have read of the catalogue, until it is so. */
const knows = (world: OpenWorld, wanted: Record<string, string>) =>
  eventually(async () => {
    const shown = await trending(world.trend);
    return Object.keys(shown).length === Object.keys(wanted).length &&
      Object.entries(wanted).every(([id, title]) => shown[id] === title);
  });

type OpenWorld = Awaited<ReturnType<typeof up>>;
async function up({ env }: RestoreWorld) {
  const suite = await openSuite(env);
  const services = servicesOf(suite);
  const [web, trend, recommendation] = [
    await services.web("all"),
    await services.trend(),
    await services.recommendation(),
  ];
  return {
    ...suite,
    web,
    trend,
    recommendation,
    async down() {
      for (const one of [web, trend, recommendation]) await one.stop();
      await suite.close();
    },
  };
}

/** What web says of the copies a moment after its start. */
async function differencesOf({ stores }: OpenWorld): Promise<unknown[]> {
  const lines: unknown[] = [];
  const stopping = new AbortController();
  const error = (event: string, facts: object = {}) => void lines.push({ event, ...facts });
  const sleep = (ms: number) => ms > 10_000 ? Promise.resolve(stopping.abort()) : Promise.resolve();
  const copies = [trendCopy(stores.trend), recommendationCopy(stores.recommendation)];
  const logger = { ...silent, error };
  await watchCopies({ ...stores.web, copies, clock: { ...clock, sleep }, logger }, stopping.signal);
  return lines;
}

for (const world of createRestoreWorlds()) {
  describe(`a web store that is put back while the log went on, on ${world.name}`, () => {
    it("is said to differ with numbers, and is the truth again after republish, by the steps of the docs", async () => {
      const folder = await Deno.makeTempDir();
      let suite = await up(world);
      try {
        for (const id of ["kept", "edited", "edited-twice", "removed"]) expect(await add(suite.web, id, id)).toBe(201);
        for (const id of ["kept", "edited", "edited-twice", "removed"]) expect(await view(suite.web, id)).toBe(202);
        await knows(suite, { kept: "kept", edited: "edited", "edited-twice": "edited-twice", removed: "removed" });
        expect(await differencesOf(suite)).toEqual([]);
        await suite.down();
        await world.dump(folder);

        suite = await up(world);
        expect(await add(suite.web, "ghost", "ghost")).toBe(201);
        expect(await view(suite.web, "ghost")).toBe(202);
        expect(await change(suite.web, "edited", "lost")).toBe(200);
        expect(await change(suite.web, "edited-twice", "lost")).toBe(200);
        await ask(suite.web, "/v1/books/removed", {
          method: "DELETE",
          headers: { ...AS_ADMIN.headers, "if-match": '"1"' },
        });
        const lost = { kept: "kept", edited: "lost", "edited-twice": "lost", ghost: "ghost" };
        await knows(suite, lost);
        await suite.down();

        await world.restore(folder);
        suite = await up(world);
        // In the lost version's number another title: no version tells these two apart.
        expect(await change(suite.web, "edited-twice", "found")).toBe(200);
        expect((await ask(suite.web, "/v1/books/ghost")).status).toBe(404);
        await eventually(async () => await suite.stores.web.outbox.size() === 0);
        expect(await differencesOf(suite)).toEqual(["trend", "recommendation"].map((copy) => ({
          event: "catalogue-differs",
          copy,
          ghosts: 1,
          ahead: 3,
          remedy: "deno task republish",
        })));
        const report = { books: 4, ahead: 3, ghosts: 1 };
        const would = await eventually(async () => {
          const { code, out } = await world.run("differ");
          return code === 0 && out;
        });
        expect(JSON.parse(would)).toEqual({ ...report, dry_run: true });
        expect(await trending(suite.trend)).toEqual(lost);

        const { out } = await world.run("republish");
        expect(JSON.parse(out)).toEqual({ ...report, dry_run: false });
        const found = { kept: "kept", edited: "edited", "edited-twice": "found" };
        await knows(suite, found);
        expect(await differencesOf(suite)).toEqual([]);
        // From here on all is as if nothing had happened.
        expect(await change(suite.web, "edited", "again")).toBe(200);
        expect(await add(suite.web, "ghost", "new")).toBe(201);
        // What was done before a removal was about the book that was removed.
        for (const id of ["ghost", "removed"]) expect(await view(suite.web, id, ["r4", "r5", "r6"])).toBe(202);
        await knows(suite, { ...found, edited: "again", removed: "removed", ghost: "new" });
      } finally {
        await suite.down();
        await world.clear();
        await Deno.remove(folder, { recursive: true });
      }
    });
  });
}
