import { clearTimeout, setImmediate, setTimeout } from "node:timers";

export type AdmissionLimits = {
  /** How many requests are answered at a time. */
  atWork: number;
  /** How many others may wait for them. */
  waiting: number;
  longestWaitMs: number;
};

/** Too many requests wait before this one. */
export class Overloaded extends Error {
  override name = "Overloaded";
}

/** Says when a request is answered. */
export interface Admission {
  /** Begins a request without a wait, where it is its turn. Returns the function to be called once it is answered. */
  enterNow(): (() => void) | undefined;
  /**
   * Resolves when it is the request's turn, with a function to be called once it is answered. Rejects with `Overloaded` when too
   * many wait, when it has waited for too long, or when its client has left meanwhile.
   */
  enter(hasLeft?: () => boolean): Promise<() => void>;
  state(): { atWork: number; waiting: number };
}

type Waiting = { begin: () => void; refuse: () => void; hasLeft: () => boolean };

/** How long requests begin without a pause, before connections are read again. */
const SLICE_MS = 5;

/**
 * Admits requests first come, first served. Work that never waits, such as reading SQLite, would let an endless queue grow in the
 * sockets, where nobody sees it: so once a slice is over, one request begins per turn of the event loop.
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

/** Removes requests whose client has left, which makes room for others. */
function dropLeft(queue: Set<Waiting>): void {
  for (const one of queue) {
    if (!one.hasLeft()) continue;
    queue.delete(one);
    one.refuse();
  }
}
