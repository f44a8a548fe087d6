import { DAY } from "@/domain/hours.ts";
import { Fenced, messageOf } from "@/application/faults.ts";
import type { Answer, KeyStores } from "./ports.ts";
import type { Clock, IdGenerator, Logger, UnitOfWork } from "@/application/ports.ts";

/** A request under a key. Both are of any form, at most 64 characters: the key within its client's keys, the request's content. */
type KeyedRequest = { key: string; request: string };

/** Stores the answer in the transaction of the effects. Rejects, which undoes them, when another request has taken the key over. */
type KeepAnswer = (answer: Answer, stores: KeyStores) => Promise<void>;

/** `repeated`: the answer of an earlier time. `running`: the key is held until then (ms). `other`: it is another request's. */
type Once =
  | { kind: "done" }
  | { kind: "repeated"; answer: Answer }
  | { kind: "running"; until: number }
  | { kind: "other" };

export type Idempotency = {
  /**
   * Does a request's work once: where its key has an answer, that is the answer. Otherwise the key is taken for a while, and the
   * work stores its answer with its effects, so that after a crash either both are there or neither is and the key falls free.
   */
  once(request: KeyedRequest, work: (keep: KeepAnswer) => Promise<unknown>): Promise<Once>;
};

/** How long an answer is kept. */
export const ANSWERS_KEPT_MS = DAY;
/** How long a key stays taken by a request of a process that has died. One that only takes longer cannot store any more. */
const LEASE_MS = 30_000;
/** When to ask again after another request has taken the key over. */
const RETRY_AFTER_MS = 1_000;

type IdempotencyDeps = { uow: UnitOfWork<KeyStores>; clock: Clock; ids: IdGenerator; logger: Logger };

/** Requests under keys, over a store. */
export function createIdempotency({ uow, clock, ids, logger }: IdempotencyDeps): Idempotency {
  return {
    async once({ key, request }, work) {
      const owner = ids.fresh();
      const now = clock.now();
      const claim = { key, request, owner, now, until: now + LEASE_MS, since: now - ANSWERS_KEPT_MS };
      const taken = await uow.run(({ idempotencyKeys }) => idempotencyKeys.take(claim));
      if (taken.kind === "answered") return { kind: "repeated", answer: taken.answer };
      if (taken.kind !== "taken") return taken;
      try {
        await work(async (answer, { idempotencyKeys }) => {
          if (!(await idempotencyKeys.keep(key, owner, answer))) {
            throw new Fenced("another request has taken the key over");
          }
        });
        return { kind: "done" };
      } catch (error) {
        // Whether or not the effects were stored is seen by the next request: an answer that is there is not given up.
        await uow.run(({ idempotencyKeys }) => idempotencyKeys.release(key, owner)).catch((fault) =>
          logger.warn("idempotency-key-held", { reason: messageOf(fault) })
        );
        if (error instanceof Fenced) return { kind: "running", until: clock.now() + RETRY_AFTER_MS };
        throw error;
      }
    },
  };
}
