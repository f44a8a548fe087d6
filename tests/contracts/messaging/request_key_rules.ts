import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import type { Answer } from "@/application/messaging/commands/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import type { StoreUnderTest } from "./messaging_contract.ts";

let number = 0;
const ANSWER: Answer = {
  status: 201,
  headers: [["location", "/v1/books/b"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]],
  body: '{"title":"雪"}',
};

/** What a store promises of the keys of requests: one owner each, and an answer that is stored with the effects. */
export function requestKeyRules(made: () => StoreUnderTest<WebStore>): void {
  it("a key has one owner until its lease ends or it is given up; its answer is found again by the same request", async () => {
    const key = `key${++number}`;
    const take = (store: WebStore, owner: string, now: number, fields: { request?: string; since?: number } = {}) =>
      store.uow.run(({ idempotencyKeys }) =>
        idempotencyKeys.take({ key, request: "r", owner, now, until: now + 100, since: now - 1000, ...fields })
      );
    const keep = (owner: string, answer = ANSWER) =>
      made().other.uow.run(({ idempotencyKeys }) => idempotencyKeys.storeAnswer(key, owner, answer));
    const release = (owner: string) =>
      made().store.uow.run(({ idempotencyKeys }) => idempotencyKeys.release(key, owner));
    const [taken, answered] = [{ kind: "taken" }, { kind: "answered", answer: ANSWER }];

    expect(await take(made().store, "a", 1000)).toEqual(taken);
    expect(await take(made().other, "b", 1099)).toEqual({ kind: "running", until: 1100 });
    expect(await take(made().other, "b", 1099, { request: "another" })).toEqual({ kind: "other" });
    await release("b");
    expect(await take(made().other, "b", 1099)).toEqual({ kind: "running", until: 1100 });
    await release("a");
    expect(await take(made().other, "b", 1099)).toEqual(taken);
    expect(await take(made().store, "c", 1199)).toEqual(taken);
    expect(await keep("b")).toBe(false);
    expect(await keep("c")).toBe(true);
    expect(await keep("c", { ...ANSWER, status: 500 })).toBe(false);
    await release("c");
    expect(await take(made().store, "d", 1999)).toEqual(answered);
    expect(await take(made().store, "d", 1999, { request: "another" })).toEqual({ kind: "other" });
    // The key was taken for good at 1199.
    expect(await take(made().store, "d", 2199)).toEqual(answered);
    expect(await take(made().store, "d", 2200, { request: "another" })).toEqual(taken);
  });

  it("a key that is taken for longer than any, as the clock was set back, is free when this claim would end", async () => {
    const key = `key${++number}`;
    const take = (store: WebStore, owner: string, now: number) =>
      store.uow.run(({ idempotencyKeys }) =>
        idempotencyKeys.take({ key, request: "r", owner, now, until: now + 100, since: now - 1000 })
      );
    expect(await take(made().store, "a", 1000 + 2 * DAY)).toEqual({ kind: "taken" });
    expect(await take(made().other, "b", 1000)).toEqual({ kind: "running", until: 1100 });
    expect(await take(made().other, "b", 1050)).toEqual({ kind: "running", until: 1100 });
    expect(await take(made().other, "b", 1100)).toEqual({ kind: "taken" });
  });

  it("of many that take a key at once, from every handle, one gets it", async () => {
    const key = `key${++number}`;
    const claims = await Promise.all(
      Array.from(
        { length: 12 },
        (_, at) =>
          (at % 2 === 0 ? made().store : made().other).uow.run(({ idempotencyKeys }) =>
            idempotencyKeys.take({ key, request: "r", owner: `o${at}`, now: 1, until: 2, since: 0 })
          ),
      ),
    );
    expect(claims.map(({ kind }) => kind).sort()).toEqual([...Array(11).fill("running"), "taken"]);
  });

  it("an answer goes with its transaction", async () => {
    const key = `key${++number}`;
    const claim = { key, request: "r", owner: "a", now: 1, until: 2, since: 0 };
    await made().store.uow.run(({ idempotencyKeys }) => idempotencyKeys.take(claim));
    await expect(
      made().store.uow.run(async ({ idempotencyKeys }) => {
        expect(await idempotencyKeys.storeAnswer(key, "a", ANSWER)).toBe(true);
        throw new Error("crashed");
      }),
    ).rejects.toThrow("crashed");
    expect(await made().store.uow.run(({ idempotencyKeys }) => idempotencyKeys.take({ ...claim, owner: "b" }))).toEqual(
      {
        kind: "running",
        until: 2,
      },
    );
  });

  it("old keys are removed so many at a time, answered or not, the others stay", async () => {
    const own = `purge${++number}`;
    const taking = (name: string, now: number) =>
      made().store.uow.run(({ idempotencyKeys }) =>
        idempotencyKeys.take({ key: `${own}${name}`, request: "r", owner: "a", now, until: now + 1, since: 0 })
      );
    const purge = (before: number, most: number) =>
      made().other.uow.run(({ idempotencyKeys }) => idempotencyKeys.purge(before, most));
    while (await purge(1e12, 100) > 0);
    for (const [at, name] of ["one", "two", "three", "four"].entries()) await taking(name, 1000 + at);
    await made().store.uow.run(({ idempotencyKeys }) => idempotencyKeys.storeAnswer(`${own}one`, "a", ANSWER));
    expect(await purge(1003, 2)).toBe(2);
    expect(await purge(1003, 2)).toBe(1);
    expect(await purge(1003, 2)).toBe(0);
    expect((await taking("four", 1003)).kind).toBe("running");
  });
}
