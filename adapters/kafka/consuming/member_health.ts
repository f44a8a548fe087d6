import { MINUTE } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";

/** The pause before a restart doubles with each failure. This is its limit while the client cannot join its group. */
const MAX_START_PAUSE_MS = 2_000;
/** This is its limit when the client crashes after each join. */
const MAX_LOOP_PAUSE_MS = 30_000;
const MIN_PAUSE_MS = 50;
/** A member also counts as healthy when its fetches succeed for this long after a join. The time doubles with each failure. */
const MIN_STEADY_MS = 5_000;
const MAX_STEADY_MS = MINUTE;
/** More joins in a row without success than this are a fault. Fewer happen when members come and go. */
const MAX_JOINS = 5;

/**
 * Judges whether a group member works, by the events of its client. A join does not count as success, as a client may crash
 * after each join. A handled batch does, and so do fetches that succeed for some time.
 */
export class MemberHealth {
  readonly #clock: Clock;
  /** How many batches were handled since the start. */
  readonly #handled: () => number;
  #handledBefore = 0;
  #startFailures = 0;
  #failuresAfterJoin = 0;
  #joins = 0;
  #joinedAt = -Infinity;
  #fetchedAt = -Infinity;
  #isJoined = false;
  #reason = "";

  constructor(clock: Clock, handled: () => number) {
    this.#clock = clock;
    this.#handled = handled;
  }

  joined(): void {
    this.#forgetAfterSuccess();
    this.#joins++;
    this.#joinedAt = this.#fetchedAt = this.#clock.now();
    this.#isJoined = true;
  }

  /** A fetch has succeeded. */
  fetched(): void {
    this.#fetchedAt = this.#clock.now();
  }

  /** The client has crashed, or could not be started. */
  failed(reason: string): void {
    this.#forgetAfterSuccess();
    if (this.#isJoined) this.#failuresAfterJoin++;
    else this.#startFailures++;
    this.#isJoined = false;
    this.#reason = reason;
  }

  /** Returns how long to wait before the next start. */
  pauseMs(): number {
    const after = (failures: number, most: number) => Math.min(most, MIN_PAUSE_MS * 2 ** Math.min(failures, 20));
    return Math.max(
      after(this.#startFailures, MAX_START_PAUSE_MS),
      after(this.#failuresAfterJoin, MAX_LOOP_PAUSE_MS),
    );
  }

  /** Returns why the member does not work. Returns undefined when it works or has failed only once. */
  failing(): string | undefined {
    this.#forgetAfterSuccess();
    if (this.#failuresAfterJoin > 1) {
      return `its client has ended ${this.#failuresAfterJoin} times after it joined its group: ${this.#reason}`;
    }
    if (this.#joins > MAX_JOINS) return `it has joined its group ${this.#joins} times in a row and read nothing`;
  }

  #forgetAfterSuccess(): void {
    const handled = this.#handled();
    const moved = handled !== this.#handledBefore;
    this.#handledBefore = handled;
    const steadyMs = Math.min(MAX_STEADY_MS, MIN_STEADY_MS * 2 ** this.#failuresAfterJoin);
    if (!moved && !(this.#isJoined && Math.abs(this.#fetchedAt - this.#joinedAt) > steadyMs)) return;
    this.#startFailures = this.#failuresAfterJoin = this.#joins = 0;
  }
}
