import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, operate, ready, type Service } from "@/tests/support/processes/processes.ts";
import { type World, WORLDS } from "@/tests/support/suites/worlds.ts";

const TOKEN = "token-of-the-worlds";
/** The whole catalogue, and the books in it that readers act on: few enough for one list of trends. */
const CATALOGUE = Number(Deno.env.get("BOOKS") ?? 2_000);
const BOOKS = Array.from({ length: 60 }, (_, at) => `b${at}`);
/** `BOOKS=10000 EVENTS=50000 READERS=20000` is what the docs' figures were made with. */
const READERS = Number(Deno.env.get("READERS") ?? 2_000);
const EVENTS = Number(Deno.env.get("EVENTS") ?? 12_000);
const BATCH = 500;

/** Acts with known counts: event `at` is a view or a place on a shelf, and some of them say the same thing again. */
const act = (at: number) => ({
  id: `e${at}`,
  reader: `r${at % READERS}`,
  book: BOOKS[(at * 7 + Math.floor(at / READERS)) % BOOKS.length],
  ...(at % 3 === 0 ? { type: "shelved", shelf: "read" } : { type: "viewed" }),
});

const headers = { authorization: `Bearer ${TOKEN}` };
const get = async (url: string) => await (await fetch(url, { headers })).json();
const post = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  });
  return { status: response.status, body: await response.json() };
};

/** The services of a world: in one process, or three with a second trend consumer beside them. */
function servicesOf({ suite, env }: World) {
  const all: Started[] = [];
  const running = new Map<string, Started>();
  const run = async (service: Service, more: Record<string, string> = {}, name: string = service) => {
    const started = await ready(service, { ...env, ADMIN_TOKEN: TOKEN, SAMPLE_CATALOGUE: "off", ...more });
    all.push(started);
    running.set(name, started);
  };
  const processOf = (service: Service) => running.get(suite ? "suite" : service)!;
  const up = async (service: Service) => {
    if (suite) return await run("suite");
    const others = { TREND_URL: processOf("trend").url(), RECOMMENDATION_URL: processOf("recommendation").url() };
    await run(service, service === "web" ? others : {});
  };
  return {
    async start() {
      if (suite) return await run("suite");
      await Promise.all([run("trend"), run("trend", { ROLE: "consumer" }, "second"), run("recommendation")]);
      await up("web");
    },
    /** Imports so many books with the operator's command; its report. */
    async bring(books: number) {
      const file = `${env.DATA_DIR}/books.jsonl`;
      const rows = Array.from(
        { length: books },
        (_, at) => ({ id: `b${at}`, title: `Book ${at}`, authors: [`A${at % 500}`] }),
      );
      await Deno.writeTextFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
      const { code, out, err } = await operate("import", [file, "--json"], env);
      if (code !== 0) throw new Error(err);
      return JSON.parse(out);
    },
    url: (service: Service) => processOf(service).url(service),
    up,
    async kill(service: Service) {
      processOf(service).signal("SIGKILL");
      await processOf(service).ended();
    },
    async stop() {
      for (const one of running.values()) {
        one.signal("SIGTERM");
        expect((await one.ended()).code).toBe(0);
      }
    },
    clear: () => killAll(all),
  };
}

for (const world of WORLDS) {
  describe(world.name, () => {
    const services = servicesOf(world);
    after(async () => {
      await services.clear();
      await world.clear();
    });

    it("count every act once, to the unit, while each process is killed in turn", async () => {
      await services.start();
      expect(await services.bring(CATALOGUE)).toMatchObject({ rows: CATALOGUE, added: CATALOGUE });

      // One time for all, as an act in another hour would be another vote.
      const time = new Date().toISOString();
      const acts = Array.from({ length: EVENTS }, (_, at) => ({ ...act(at), time }));
      const killAt = (share: number) => Math.floor(EVENTS * share / BATCH) * BATCH;
      for (let at = 0; at < EVENTS; at += BATCH) {
        const batch = acts.slice(at, at + BATCH);
        if (at === killAt(0.25)) {
          await services.kill("trend");
          // Beside a second consumer of its group the service stays away until the end.
          if (world.suite) await services.up("trend");
        }
        if (at === killAt(0.5)) {
          await services.kill("recommendation");
          await services.up("recommendation");
        }
        if (at === killAt(0.75)) {
          // Killed while a batch is on its way: whether it was accepted is not known, so it is sent again.
          const lost = post(`${services.url("web")}/v1/events`, batch).catch(() => undefined);
          await services.kill("web");
          await lost;
          await services.up("web");
        }
        const answer = await post(`${services.url("web")}/v1/events`, batch);
        expect([answer.status, answer.body.accepted]).toEqual([202, batch.length]);
        if (at % (3 * BATCH) === 0) {
          expect((await post(`${services.url("web")}/v1/events`, batch)).body.accepted).toBe(batch.length);
        }
      }
      if (!world.suite) await services.up("trend");

      const votes = new Map<string, Set<string>>();
      for (const one of acts) {
        votes.set(one.book!, (votes.get(one.book!) ?? new Set()).add(`${one.reader} ${one.type}`));
      }
      const wanted = Object.fromEntries([...votes].map(([book, own]) => [book, own.size]).sort());
      const counts = async () => {
        const { items } = await get(`${services.url("trend")}/v1/trends/books?limit=100`);
        return Object.fromEntries(
          items.map((item: { book: { id: string }; count: number }) => [item.book.id, item.count]).sort(),
        );
      };
      const total = (all: Record<string, number>) => Object.values(all).reduce((sum, one) => sum + one, 0);
      await eventually(async () => total(await counts()) >= total(wanted));
      expect(await counts()).toEqual(wanted);

      const reader = await eventually(async () => {
        const { items } = await get(`${services.url("recommendation")}/v1/readers/r1/recommendations?limit=5`);
        return items.length === 5 && items;
      });
      expect(reader[0].reason.kind).toBe("because_you");
      await services.stop();
    });
  });
}
