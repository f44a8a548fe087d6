import { DAY } from "@/domain/hours.ts";
import { Fenced, messageOf } from "@/application/faults.ts";
import type { Answer, KeyStores } from "./ports.ts";
import type { Clock, IdGenerator, Logger, UnitOfWork } from "@/application/ports.ts";

/** A request with an idempotency key, both of at most 64 characters. `key` is unique over all clients, `request` a digest. */
type KeyedRequest = { key: string; request: string };

/** Stores the answer in the transaction of the effects. Rejects when another request has taken the key, which rolls it back. */
type StoreAnswer = (answer: Answer, stores: KeyStores) => Promise<void>;

/** `repeated`: has the stored answer. `running`: the first request holds the key until then. `other`: a different request has it. */
type Once =
  | { kind: "done" }
  | { kind: "repeated"; answer: Answer }
  | { kind: "running"; until: number }
  | { kind: "other" };

export type Idempotency = {
  /**
   * Does a request's work once, and returns the stored answer for a repeated request. The work stores its answer with its effects.
   * After a crash both are stored, or neither is and the key becomes free again.
   */
  once(request: KeyedRequest, work: (store: StoreAnswer) => Promise<unknown>): Promise<Once>;
};

/** How long answers are kept. */
export const ANSWERS_KEPT_MS = DAY;
/** How long the key of a crashed process stays taken. A request that takes longer may lose its key and fail. */
const LEASE_MS = 30_000;
/** When a client may retry after another request has taken its key. */
const RETRY_AFTER_MS = 1_000;

type IdempotencyDeps = { uow: UnitOfWork<KeyStores>; clock: Clock; ids: IdGenerator; logger: Logger };

/** Creates the idempotency of keyed requests over a store. */
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
          if (!(await idempotencyKeys.storeAnswer(key, owner, answer))) {
            throw new Fenced("another request has taken the key over");
          }
        });
        return { kind: "done" };
      } catch (error) {
        // A failed commit may still be stored. Then the key has its answer, and `release` does not remove it.
        await uow.run(({ idempotencyKeys }) => idempotencyKeys.release(key, owner)).catch((fault) =>
          logger.warn("idempotency-key-held", { reason: messageOf(fault) })
        );
        if (error instanceof Fenced) return { kind: "running", until: clock.now() + RETRY_AFTER_MS };
        throw error;
      }
    },
  };
}
