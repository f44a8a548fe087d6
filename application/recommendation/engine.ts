import { DEFAULT_ENGINE, type EngineSettings } from "@/domain/recommendation/neighbours.ts";
import { Fenced, messageOf } from "@/application/faults.ts";
import { createLease } from "@/application/messaging/leases/lease.ts";
import type { Changes, Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { CoOccurrence } from "./co_occurrence.ts";
import type { ChangeMark, ChangeMarkReader, EngineStores, InteractionReader } from "./ports.ts";

type EngineDeps = {
  uow: UnitOfWork<EngineStores>;
  readers: InteractionReader;
  marks: ChangeMarkReader;
  leases: Leases;
  changes: Changes;
  clock: Clock;
  logger: Logger;
  owner: string;
  /** The version of the projection; each has an engine of its own. */
  version: number;
  settings?: EngineSettings;
};
interface Engine {
  state(): { healthy: boolean; leading: boolean; refreshed: number };
  /** Whether no change waits to be refreshed. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}

const LEASE = 5_000;
const IDLE = 1_000;
/** Marks that are looked at together: the more, the more of them are answered by one and the same list. */
const MARKS = 2_000;
const BOOKS = 200;
const PAGE = 5_000;
/** A round is followed by a rest as long as it took, this long at most (ms): under load one list then answers for more changes. */
const MOST_REST = 1_000;

/**
 * Follows the rows of changed readers and refreshes the neighbour lists of the books that they touch. One engine works at
 * a time, by a lease; a new one reads every row first. Lists are sums of whole numbers, so that the order of acts leaves
 * no trace in them.
 */
export function startEngine(deps: EngineDeps): Engine {
  const { uow, readers, leases, changes, clock, logger, owner, version, settings = DEFAULT_ENGINE } = deps;
  const lease = createLease({ leases, name: `engine-${version}`, owner, clock, lasts: LEASE });
  const stopping = new AbortController();
  let model: CoOccurrence | undefined;
  /** Whether changes that are still marked may be in the picture already, so that it shows none. */
  let unsure = false;
  /** The lease's epoch that the picture belongs to. */
  let epoch: number | undefined;
  let healthy = true;
  let refreshed = 0;

  async function holdsLease(): Promise<boolean> {
    const taken = await lease.take();
    // Whoever lost the lease for a while may have missed changes: another engine has cleared their marks.
    if (taken !== epoch) model = undefined;
    epoch = taken;
    return taken !== undefined;
  }

  async function load(): Promise<CoOccurrence> {
    const fresh = new CoOccurrence(settings);
    for (let after = "";;) {
      const rows = await readers.page(after, PAGE);
      if (rows.length === 0) return fresh;
      for (const [reader, own] of Map.groupBy(rows, (row) => row.reader)) fresh.set(reader, own);
      after = rows.at(-1)!.reader;
      await clock.sleep(0, stopping.signal);
    }
  }

  /** Refreshes what changed; what was marked. */
  async function refresh(): Promise<ChangeMark[]> {
    if (!(await holdsLease())) return [];
    if (model === undefined) {
      model = await load();
      unsure = true;
    }
    const marks = await deps.marks.oldest(MARKS);
    // With nothing marked the stored lists are up to date; otherwise it is not known which of them are.
    if (unsure && marks.length === 0) model.takeTouched(Infinity);
    const changed = marks.flatMap(({ kind, id }) => kind === "reader" ? [id] : []);
    const rows = Map.groupBy(await readers.interactions(changed), ({ reader }) => reader);
    for (const reader of changed) {
      const own = rows.get(reader) ?? [];
      model.set(reader, own);
      // What the reader has left is not seen by a picture that never had it.
      if (unsure) { for (const { book } of own) model.touch(book); }
    }
    if (marks.length < MARKS) unsure = false;
    for (const { kind, id } of marks) if (kind === "book") model.touch(id);
    if (marks.length === 0) return [];
    const beside = new Set<string>();
    const anew = model.takeTouched(Infinity);
    for (const book of anew) for (const other of model.beside(book)) beside.add(other);
    for (const book of anew) beside.delete(book);
    const lists = new Set([...anew, ...marks.flatMap(({ kind, id }) => kind === "list" ? [id] : [])]);
    if (!(await store([...lists]))) return forget();
    await uow.run(async (stores) => {
      await stores.fence.check(lease.epochs());
      await stores.changed.clear(marks);
      await stores.changed.mark([...beside].map((id) => ({ kind: "list", id })));
    });
    return marks;
  }

  /** Stores the lists of the books as they are now; false when it was stopped in between. */
  async function store(books: string[]): Promise<boolean> {
    for (let at = 0; at < books.length; at += BOOKS) {
      const lists = books.slice(at, at + BOOKS).map((book) => model!.list(book));
      // One that was away for so long that another leads must not put its older picture over the newer one.
      await uow.run(async (stores) => {
        await stores.fence.check(lease.epochs());
        await stores.lists.put(lists);
      });
      refreshed += lists.length;
      await clock.sleep(0, stopping.signal);
      if (stopping.signal.aborted || !(await holdsLease()) || model === undefined) return false;
    }
    return true;
  }

  /** Drops the picture: its marks stay, so that whoever leads next refreshes the same books. */
  function forget(): [] {
    model = undefined;
    return [];
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const from = clock.now();
        const marks = await refresh();
        healthy = true;
        if (marks.length === 0) await changes.wait(IDLE, stopping.signal);
        // Lists that only follow others are worked off without a rest, so that quiet comes soon.
        else if (marks.length < MARKS && marks.some(({ kind }) => kind !== "list")) {
          await clock.sleep(Math.min(MOST_REST, Math.max(0, clock.now() - from)), stopping.signal);
        }
      } catch (error) {
        if (error instanceof Fenced) {
          lease.forget();
          continue;
        }
        if (healthy) logger.warn("engine-held", { reason: messageOf(error) });
        healthy = false;
        model = undefined;
        await clock.sleep(500, stopping.signal);
      }
    }
    await lease.release().catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  const done = loop();
  return {
    state: () => ({ healthy, leading: model !== undefined, refreshed }),
    idle: async () => (await deps.marks.oldest(1)).length === 0,
    stop: () => {
      stopping.abort();
      return done;
    },
  };
}
