import { MINUTE } from "@/domain/hours.ts";
import type { Clock } from "@/application/ports.ts";

/** The pause before the client is started again doubles with each failure: up to this while it joins no group, */
const MAX_START_PAUSE_MS = 2_000;
/** and up to this when it ends after each join. */
const MAX_LOOP_PAUSE_MS = 30_000;
const MIN_PAUSE_MS = 50;
/** A member whose fetches succeed for so long after a join works, too. It doubles with each failure after a join. */
const MIN_STEADY_MS = 5_000;
const MAX_STEADY_MS = MINUTE;
/** Joins in a row without any success between them that are more than members who come and go. */
const MAX_JOINS = 5;

/**
 * Whether a member of a group works, by what its client goes through. Joining the group is no sign of success: a client may join
 * and end again for good. A position that moves is one, or fetches that succeed for some time.
 */
export class Steadiness {
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

  /** The client has ended, or could not be started. */
  failed(reason: string): void {
    this.#forgetAfterSuccess();
    if (this.#isJoined) this.#failuresAfterJoin++;
    else this.#startFailures++;
    this.#isJoined = false;
    this.#reason = reason;
  }

  /** How long to wait before the next start. */
  pauseMs(): number {
    const after = (failures: number, most: number) => Math.min(most, MIN_PAUSE_MS * 2 ** Math.min(failures, 20));
    return Math.max(
      after(this.#startFailures, MAX_START_PAUSE_MS),
      after(this.#failuresAfterJoin, MAX_LOOP_PAUSE_MS),
    );
  }

  /** Why the member does not work; undefined when it does, or has failed only once. */
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
