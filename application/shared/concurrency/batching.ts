type Waiting<Item, Result> = { item: Item; resolve(result: Result): void; reject(error: unknown): void };

type BatchingDeps<Item, Result> = {
  /** Does a group at once; one result for each item, in order. When it rejects, so does each item. */
  run(items: Item[]): Promise<Result[]>;
  sizeOf(item: Item): number;
  /** The size of a group in all. An item that is larger goes alone. */
  maxSize: number;
  /** Whether an item may go with the first one of a group; all may where it is missing. */
  goesWith?(first: Item, item: Item): boolean;
  /** The order of a group; that of arrival where it is missing. */
  compare?(a: Item, b: Item): number;
  /** Resolves when those that come with a first item have come. Where missing: those of one synchronous call. */
  gather?(): Promise<void>;
};

/** Groups at once: the next one is prepared while the store commits one. */
const MAX_RUNNING = 2;

/**
 * A queue that does what waits at the same time in one go (group commit), for work whose price is by the go. An item that finds
 * the queue empty waits only for those that come with it (see `gather`).
 */
export function createBatching<Item, Result>(deps: BatchingDeps<Item, Result>): (item: Item) => Promise<Result> {
  const { run, sizeOf, maxSize, goesWith = () => true, compare = () => 0, gather = () => Promise.resolve() } = deps;
  let running = 0;
  let waiting: Waiting<Item, Result>[] = [];

  function takeGroup(): Waiting<Item, Result>[] {
    const [first] = waiting as [Waiting<Item, Result>];
    const group: typeof waiting = [];
    const left: typeof waiting = [];
    let size = 0;
    for (const one of waiting) {
      const own = sizeOf(one.item);
      const fits = group.length === 0 || size + own <= maxSize && goesWith(first.item, one.item);
      if (fits) size += own;
      (fits ? group : left).push(one);
    }
    waiting = left;
    return group.sort((a, b) => compare(a.item, b.item));
  }

  async function runGroup(group: Waiting<Item, Result>[]): Promise<void> {
    running++;
    try {
      const results = await run(group.map(({ item }) => item));
      for (const [at, { resolve }] of group.entries()) resolve(results[at]!);
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      running--;
      runNext();
    }
  }

  function runNext(): void {
    while (running < MAX_RUNNING && waiting.length > 0) runGroup(takeGroup());
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) gather().then(runNext);
    });
}
