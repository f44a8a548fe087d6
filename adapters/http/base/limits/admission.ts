import { clearTimeout, setImmediate, setTimeout } from "node:timers";

export type AdmissionLimits = {
  /** How many requests are processed at a time. */
  atWork: number;
  /** How many more requests may wait. */
  waiting: number;
  longestWaitMs: number;
};

/** The service is overloaded: too many requests wait, or this one has waited for too long. */
export class Overloaded extends Error {
  override name = "Overloaded";
}

/** Admits requests up to the limits. */
export interface Admission {
  /** Admits a request immediately, if possible. Returns a function to call once it is answered, or undefined when it must wait. */
  enterNow(): (() => void) | undefined;
  /**
   * Resolves when the request is admitted, with a function to call once it is answered. Rejects with `Overloaded` when too many
   * requests wait, when it has waited for too long, or when its client has disconnected.
   */
  enter(hasLeft?: () => boolean): Promise<() => void>;
  state(): { atWork: number; waiting: number };
}

type Waiting = { begin: () => void; refuse: () => void; hasLeft: () => boolean };

/** How long requests are admitted without a turn of the event loop, in which connections are read. */
const SLICE_MS = 5;

/**
 * Creates a first come, first served admission. Synchronous work, such as reading SQLite, would let requests pile up unseen in the
 * sockets. So after a slice of time only one request is admitted per turn of the event loop.
 */
export function createAdmission(limits: AdmissionLimits, now = () => performance.now()): Admission {
  const queue = new Set<Waiting>();
  let atWork = 0;
  let sliceFrom: number | undefined;
  let hasTurn = false;

  function nextTurn(): void {
    if (!hasTurn) setImmediate(turn);
    hasTurn = true;
  }

  function turn(): void {
    hasTurn = false;
    sliceFrom = undefined;
    if (atWork >= limits.atWork) return;
    const [first] = queue;
    if (first === undefined) return;
    queue.delete(first);
    if (first.hasLeft()) first.refuse();
    else first.begin();
    if (queue.size > 0) nextTurn();
  }

  function isTurn(): boolean {
    if (queue.size > 0 || atWork >= limits.atWork) return false;
    if (sliceFrom === undefined) {
      sliceFrom = now();
      nextTurn();
    }
    return now() - sliceFrom < SLICE_MS;
  }

  function leave(): void {
    atWork--;
    if (queue.size > 0) nextTurn();
  }

  function begin(): () => void {
    atWork++;
    return leave;
  }

  const enterNow = () => isTurn() ? begin() : undefined;

  function isFull(): boolean {
    if (queue.size >= limits.waiting) dropLeft(queue);
    return queue.size >= limits.waiting;
  }

  return {
    enterNow,
    async enter(hasLeft = () => false) {
      const leaveAtOnce = enterNow();
      if (leaveAtOnce !== undefined) return leaveAtOnce;
      if (isFull()) throw new Overloaded(`${limits.waiting} requests are waiting already`);
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const refuse = () => reject(new Overloaded(`waited for other requests for ${limits.longestWaitMs} ms`));
      const waiting = { begin: () => resolve(begin()), refuse, hasLeft };
      queue.add(waiting);
      const late = setTimeout(() => queue.delete(waiting) && refuse(), limits.longestWaitMs);
      try {
        return await promise;
      } finally {
        clearTimeout(late);
      }
    },
    state: () => ({ atWork, waiting: queue.size }),
  };
}

/** Removes waiting requests whose client has disconnected, to make room for others. */
function dropLeft(queue: Set<Waiting>): void {
  for (const one of queue) {
    if (!one.hasLeft()) continue;
    queue.delete(one);
    one.refuse();
  }
}
