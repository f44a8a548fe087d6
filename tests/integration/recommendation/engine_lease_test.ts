import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMemoryRecommendationStore } from "@/adapters/memory/recommendation/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Fenced } from "@/application/faults.ts";
import { CoOccurrence } from "@/application/recommendation/engine/co_occurrence.ts";
import { DEFAULT_ENGINE } from "@/domain/recommendation/neighbours.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { engineOf, readsIn } from "@/tests/support/recommendation/engines.ts";

describe("an engine and its lease", () => {
  it("that was away for so long that another leads does not put its older lists over the newer ones", async () => {
    let time = 0;
    const whole = createMemoryRecommendationStore({ now: () => time });
    const { uow, readers, marks, books } = whole.at(1);
    const read = readsIn(uow);
    const quiet = () => eventually(async () => (await marks.oldest(1)).length === 0);
    const { promise: away, resolve: left } = Promise.withResolvers<void>();
    const { promise: back, resolve: comeBack } = Promise.withResolvers<void>();
    let runs = 0;
    let refused: unknown;
    /** Its first transaction, which stores the lists, has to wait. */
    const late: typeof uow = {
      async run(work) {
        if (++runs > 1) return await uow.run(work);
        left();
        await back;
        return await uow.run(work).catch((error) => {
          refused = error;
          throw error;
        });
      },
    };
    await read("r1", "b1", "b2");
    const first = engineOf(whole, "first", { uow: late });
    await away;
    time += 60_000;
    await read("r2", "b1", "b3");
    const second = engineOf(whole, "second");
    await quiet();
    comeBack();
    await first.stop();
    await second.stop();
    expect(refused).toBeInstanceOf(Fenced);
    const anew = new CoOccurrence(DEFAULT_ENGINE);
    for (const [reader, rows] of Map.groupBy(await readers.page("", 100), (row) => row.reader)) anew.set(reader, rows);
    for (const list of await books.neighbours(["b1", "b2", "b3"])) expect(list).toEqual(anew.list(list.book));
    expect((await books.neighbours(["b1"]))[0]!.readers).toBe(2);
  });

  it("keeps its lease while it rests, so that another does not read every row in between", async () => {
    let time = 0;
    const whole = createMemoryRecommendationStore({ now: () => time });
    const { uow } = whole.at(1);
    await readsIn(uow)("r", "b1", "b2");
    /** Rounds last two of its transactions; the rest after them is in steps, as something changes all the time. */
    const slow: typeof uow = {
      run(work) {
        time += 3_000;
        return uow.run(work);
      },
    };
    const virtual = {
      ...clock,
      now: () => time,
      async sleep(milliseconds: number) {
        time += milliseconds;
        await clock.sleep(2);
      },
    };
    const changes = { wait: () => clock.sleep(1) };
    const start = (owner: string) => engineOf(whole, owner, { uow: slow, changes, clock: virtual });
    const first = start("first");
    await eventually(() => first.state().leading);
    const second = start("second");
    await eventually(() => time >= 12_000);
    expect([first.state().leading, second.state().leading]).toEqual([true, false]);
    await second.stop();
    await first.stop();
  });

  it("keeps its lease while it reads more rows than the lease lasts, so that engines do not take turns at it", async () => {
    let time = 0;
    const whole = createMemoryRecommendationStore({ now: () => time });
    const { uow, readers, marks } = whole.at(1);
    const read = readsIn(uow);
    for (let at = 0; at < 4; at++) await read(`r${at}`, "b1", `c${at}`);
    /** A page is of one reader, and each read of rows takes half of the lease. */
    const slow: typeof readers = {
      ...readers,
      async page(after) {
        time += 2_500;
        await clock.sleep(5);
        const rows = await readers.page(after, 10_000);
        return rows.filter(({ reader }) => reader === rows[0]!.reader);
      },
    };
    const start = (owner: string) =>
      engineOf(whole, owner, {
        readers: slow,
        changes: { wait: () => clock.sleep(1) },
        clock: { ...clock, now: () => time },
      });
    const engines = [start("first"), start("second")];
    await eventually(async () => (await marks.oldest(1)).length === 0);
    // One engine has read all once: a page for each reader, and one without rows.
    expect(time).toBe(5 * 2_500);
    for (const engine of engines) await engine.stop();
  });
});
