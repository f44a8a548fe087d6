import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryLog } from "@/adapters/memory/messaging/event_log.ts";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { systemClock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { DAY, HOUR } from "@/domain/hours.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import type { Clock } from "@/application/ports.ts";
import type { KnownBook } from "@/application/recommendation/ports.ts";
import { startRecommendation } from "@/services/recommendation/app.ts";
import { startTrend } from "@/services/trend/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { event } from "@/tests/support/mixture.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** A clock whose hours of sleep end when the test says so. */
function hourClock() {
  let sleeping: (() => void) | undefined;
  const clock: Clock = {
    now: systemClock.now,
    sleep: (ms, signal) =>
      ms !== HOUR ? systemClock.sleep(ms, signal) : new Promise((resolve) => {
        sleeping = resolve;
        signal?.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  const asleep = () => eventually(() => sleeping !== undefined);
  return {
    clock,
    /** Lets an hour pass, and returns when the next one begins. */
    async anHour() {
      await asleep();
      const wake = sleeping!;
      sleeping = undefined;
      wake();
      await asleep();
    },
  };
}

const BEGAN = Date.now() - 70 * DAY;
const reads = (reader: string, book: string, time: number) =>
  event(ACTIVITY.bookShelved, `${reader} ${book} ${time}`, reader, time, { reader, book, shelf: "read" }).message;

/** Every reader reads books that nobody else does, and once, a third of them before the others, what everybody reads now. */
const fashion = (readers: number) =>
  Array.from({ length: readers }, (_, reader) =>
    Array.from({ length: 10 }, (_, at) => {
      const isNow = at === (reader % 3 === 0 ? 7 : 9);
      const book = isNow ? `what-all-read-${reader % 5}` : `own-${reader}-${at}`;
      return reads(`r${reader}`, book, BEGAN + at * 1_000_000 + reader);
    })).flat();

const fashionable = Array.from({ length: 121 }, (_, reader) => [
  `what-all-read-${reader % 5}`,
  ...Array.from({ length: 10 }, (_, at) => `own-${reader}-${at}`),
]).flat();
const knownBook = (id: string): KnownBook => ({
  id,
  title: id,
  authors: [],
  subjects: [],
  popularity: 0,
  version: 1,
  removed: false,
});

/** Each day other books, of which those of a day are read on the next one too. */
const fleeting = (days: number) =>
  Array.from({ length: days }, (_, day) =>
    Array.from({ length: 30 }, (_, at) => {
      const book = `day-${day - at % 2}-${Math.floor(at / 2)}`;
      return reads(`r${day}-${at}`, book, BEGAN + day * DAY + at * 60_000);
    })).flat();

describe("a service tunes itself", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  type Service = { stop(): Promise<void>; handled(): Promise<number> };
  /** Starts a service on a log of these messages; `learn` adds more. */
  async function taught(
    messages: ReturnType<typeof fashion>,
    start: (parts: { log: ReturnType<typeof createMemoryLog>; clock: Clock }) => Promise<Service>,
  ) {
    const { clock, anHour } = hourClock();
    const log = createMemoryLog({ now: Date.now });
    const service = await start({ log, clock });
    stops.push(service.stop);
    let total = 0;
    const learn = async (more: ReturnType<typeof fashion>) => {
      await log.append(more);
      total += more.length;
      await eventually(async () => await service.handled() === total);
    };
    await learn(messages);
    return { anHour, learn };
  }
  const common = { role: "all" as const, ids, logger };

  async function recommendation(messages: ReturnType<typeof fashion>, settings?: typeof DEFAULT_SETTINGS) {
    const store = createMemoryRecommendationStore();
    await store.at(1).uow.run(({ books }) => books.put(fashionable.map(knownBook)));
    if (settings !== undefined) await store.at(1).settings.put(settings, 1);
    const shop = await taught(messages, (parts) => startRecommendation({ ...common, ...parts, store }));
    const inForce = async () => {
      const { version } = await store.live();
      return { version, ...await store.at(version).settings.read() };
    };
    return { ...shop, store, inForce };
  }

  it("recommendations get settings that surely do better in one step, once there are a thousand acts", async () => {
    const { anHour, inForce } = await recommendation(fashion(120), { ...DEFAULT_SETTINGS, lately: 0 });
    expect(await inForce()).toMatchObject({ version: 1, lately: 0 });
    await anHour();
    const tuned = await inForce();
    expect(tuned).toMatchObject({ version: 2, acts: 1_200 });
    expect(tuned.lately).toBeGreaterThan(0);
    await anHour();
    expect(await inForce()).toEqual(tuned);
  });

  it("not before that, nor while another process does it", async () => {
    const poor = { ...DEFAULT_SETTINGS, lately: 0 };
    const { anHour, learn, inForce, store } = await recommendation(fashion(90), poor);
    await anHour();
    expect(await inForce()).toEqual({ version: 1, ...poor });
    await learn(fashion(120).slice(900));
    const lease = { leases: store.leases, name: "tuning", owner: "another", clock: systemClock, durationMs: 30_000 };
    const another = await keepLease({ ...lease, onLost() {} });
    await anHour();
    expect(await inForce()).toEqual({ version: 1, ...poor });
    await another!.release();
    await anHour();
    expect(await inForce()).toMatchObject({ version: 2, acts: 1_200 });
  });

  it("settings that nothing surely beats stay, and are compared again at ten times the acts", async () => {
    const settings = { ...DEFAULT_SETTINGS, acts: 121 };
    const { anHour, learn, inForce } = await recommendation(fashion(121), settings);
    const own = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => reads(`one${from + at}`, `of-one-${from + at}`, BEGAN + at));
    await learn(own(0, 500));
    await anHour();
    const kept = await inForce();
    expect(kept).toEqual({ version: 1, ...DEFAULT_SETTINGS, acts: 1_710 });
  });

  it("the program's defaults are not stored as the shop's own", async () => {
    const { anHour, inForce } = await recommendation(
      Array.from({ length: 1_500 }, (_, at) => reads(`one${at}`, `of-one-${at}`, BEGAN + at)),
    );
    await anHour();
    expect(await inForce()).toEqual({ version: 1 });
  });

  it("trends get the window that foretold their history best, and another at ten times the acts only", async () => {
    const store = createMemoryTrendStore();
    const { anHour, learn } = await taught(
      fleeting(60),
      (parts) => startTrend({ ...common, ...parts, store, leastReaders: 1 }),
    );
    expect(await store.settings.last()).toBe(undefined);
    await anHour();
    const first = (await store.settings.last())!;
    expect(first.setting.acts).toBeGreaterThan(1_000);
    await learn(fleeting(62).slice(60 * 30));
    await anHour();
    expect(await store.settings.last()).toEqual(first);
  });
});
