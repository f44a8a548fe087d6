import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Fenced } from "@/application/faults.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { DeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { AnyVersion } from "@/application/messaging/rebuild/versions.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import { message } from "@/tests/support/samples.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

type VersionsUnderTest<Version extends AnyVersion> = {
  /** The consumer whose projection it is. */
  consumer: string;
  make(): Promise<StoreUnderTest<ProjectionStore<Version>>>;
  /** Puts rows of each kind into a version, the same ones each time. */
  fill(version: Version): Promise<void>;
  /** All that a version shows. */
  show(version: Version): Promise<unknown>;
};

/** What every store of a projection promises of its versions. */
export function versionsContract<Version extends AnyVersion>(
  name: string,
  { consumer, make, fill, show }: VersionsUnderTest<Version>,
): void {
  describe(`versions of ${consumer}: ${name}`, () => {
    let made: StoreUnderTest<ProjectionStore<Version>>;
    beforeEach(async () => {
      made = await make();
    });
    afterEach(() => made?.close());
    const run: AnyVersion["uow"]["run"] = (work) => made.store.at(1).uow.run(work);
    const letter = (version: number, position: string): DeadLetter => ({
      consumer,
      version,
      logId: "log",
      reason: "failed",
      detail: "",
      attempts: 1,
      at: 1,
      ordered: true,
      message: { ...message("t", "k", "v"), partition: 0, position, next: `${position}1`, timestamp: 1 },
    });
    const letters = async () => (await made.other.deadLetters.list({ consumer }, 0, 99)).map(({ version }) => version);

    it("version 1 is live before anything else has been", async () => {
      expect(await made.other.live()).toEqual({ version: 1, since: 0 });
      expect(await run(({ versions }) => versions.begin())).toEqual({ live: 1, attempt: 1 });
      expect(await made.store.live()).toEqual({ version: 1, since: 0 });
    });

    it("only the last attempt holds, and none after the switch", async () => {
      const begin = () => made.other.at(1).uow.run(({ versions }) => versions.begin());
      const hold = (attempt: number) => run(({ versions }) => versions.lockAttempt(attempt));
      await expect(hold(1)).rejects.toThrow(Fenced);
      const first = await begin();
      await hold(first.attempt);
      const second = await begin();
      await expect(hold(first.attempt)).rejects.toThrow(Fenced);
      await hold(second.attempt);
      await run(({ versions }) => versions.switchTo(2, 77));
      expect(await made.other.live()).toEqual({ version: 2, since: 77 });
      await expect(hold(second.attempt)).rejects.toThrow(Fenced);
      expect((await begin()).live).toBe(2);
    });

    it("what an attempt writes after another has begun leaves no trace, also when both are at it at once", async () => {
      const { attempt } = await run(({ versions }) => versions.begin());
      const key = { consumer, version: 2, logId: "log", topic: "t", partition: 0 };
      const late = made.store.at(2).uow.run(async ({ versions, positions }) => {
        await positions.claim(key, "late");
        await versions.lockAttempt(attempt - 1);
      });
      await expect(late).rejects.toThrow(Fenced);
      expect(await run(({ positions }) => positions.lock([key]))).toEqual([undefined]);
      const writes = Array.from(
        { length: 8 },
        (_, at) =>
          (at % 2 === 0 ? made.store : made.other).at(2).uow.run(async ({ versions, positions }) => {
            await versions.lockAttempt(attempt);
            await positions.claim(key, `o${at}`);
          }).then(() => 1, () => 0),
      );
      const next = made.other.at(1).uow.run(({ versions }) => versions.begin());
      const stored = (await Promise.all(writes)).reduce<number>((sum, one) => sum + one, 0);
      await next;
      expect((await run(({ positions }) => positions.lock([key])))[0]?.epoch ?? 0).toBe(stored);
    });

    it("a switch that rejects has not happened", async () => {
      await run(({ versions }) => versions.begin());
      await run(({ deadLetters }) => deadLetters.park(letter(1, "1")));
      await expect(run(async ({ versions }) => {
        await versions.switchTo(2, 1);
        throw new Error("crashed");
      })).rejects.toThrow("crashed");
      expect([(await made.store.live()).version, await letters()]).toEqual([1, [1]]);
    });

    it("the switch discards the dead letters of the versions below, and no others", async () => {
      await run(async ({ versions, deadLetters }) => {
        await versions.begin();
        for (const one of [letter(1, "1"), letter(1, "2"), letter(2, "1")]) await deadLetters.park(one);
      });
      expect(await letters()).toEqual([1, 1, 2]);
      expect(await run(({ versions }) => versions.switchTo(2, 5))).toBe(2);
      expect(await letters()).toEqual([2]);
    });

    it("versions know nothing of each other, and clear() takes one side away in steps, positions first", async () => {
      const empty = await show(made.store.at(3));
      for (const version of [1, 2, 3]) await fill(made.store.at(version));
      const full = await show(made.other.at(1));
      expect(full).not.toEqual(empty);
      for (const version of [2, 3]) expect(await show(made.other.at(version))).toEqual(full);
      const at = (version: number) => ({ consumer, version, logId: "log", topic: "t", partition: 0 });
      await run(async ({ positions, deadLetters }) => {
        for (const version of [1, 2, 3]) {
          await positions.claim(at(version), "me");
          await deadLetters.park(letter(version, "1"));
        }
      });
      const positions = () =>
        run(async ({ positions }) => {
          const left: number[] = [];
          const stored = await positions.lock([1, 2, 3].map(at));
          for (const version of [1, 2, 3]) if (stored[version - 1] !== undefined) left.push(version);
          return left;
        });
      expect(await run(({ versions }) => versions.clear({ above: 2 }, 1))).toBe(1);
      expect(await positions()).toEqual([1, 2]);
      expect(await show(made.store.at(3))).toEqual(full);
      let step = 2;
      while (step === 2) step = await run(({ versions }) => versions.clear({ above: 2 }, 2));
      expect([await show(made.store.at(3)), await letters()]).toEqual([empty, [1, 2]]);
      while (await run(({ versions }) => versions.clear({ below: 2 }, 3)) > 0);
      expect([await show(made.store.at(1)), await letters(), await positions()]).toEqual([empty, [2], [2]]);
      expect(await show(made.other.at(2))).toEqual(full);
      expect(await run(({ versions }) => versions.clear({ below: 2 }, 3))).toBe(0);
    });

    it("a lease has one owner until it is given back", async () => {
      const take = async (
        { leases }: { leases: Leases },
        owner: string,
      ) => [...(await leases.take(owner, ["rebuild"], 60_000)).keys()];
      expect(await take(made.store, "a")).toEqual(["rebuild"]);
      expect(await take(made.other, "b")).toEqual([]);
      await made.store.leases.release("a", ["rebuild"]);
      expect(await take(made.other, "b")).toEqual(["rebuild"]);
    });
  });
}
