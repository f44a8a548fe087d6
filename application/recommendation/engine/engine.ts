import { ARRIVALS, SHOP_LISTS } from "@/domain/recommendation/arrivals.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { Fenced, messageOf } from "@/application/faults.ts";
import { createLease, type Lease, MAX_VACANT_MS } from "@/application/messaging/leases/lease.ts";
import type { Changes, Clock, Logger, UnitOfWork } from "@/application/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import { createTimeSlices } from "@/application/shared/concurrency/time_slices.ts";
import { CoOccurrence } from "./co_occurrence.ts";
import { listFingerprint } from "./list_fingerprint.ts";
import { piecesOf } from "@/application/pieces.ts";
import { MAX_MARKS, nextMarks } from "./next_marks.ts";
import type {
  BookReader,
  ChangeMark,
  ChangeMarkReader,
  EngineStores,
  InteractionReader,
  NeighbourList,
  VersionSettings,
} from "@/application/recommendation/ports.ts";
import { type Rest, restAfter } from "./rest_after.ts";

type EngineDeps = {
  uow: UnitOfWork<EngineStores>;
  readers: InteractionReader;
  marks: ChangeMarkReader;
  books: Pick<BookReader, "neighbours">;
  leases: Leases;
  changes: Changes;
  clock: Clock;
  logger: Logger;
  owner: string;
  /** The version of the projection. Each version has its own engine. */
  version: number;
  settings: Pick<VersionSettings, "read">;
};
interface Engine {
  state(): { healthy: boolean; leading: boolean; leaderless: boolean; refreshed: number };
  /** Whether no change waits for a refresh. */
  idle(): Promise<boolean>;
  stop(): Promise<void>;
}

const LEASE_MS = 5_000;
const MAX_IDLE_MS = 1_000;
const PAUSE_AFTER_FAILURE_MS = 500;
/** How many readers' rows are read in one query. */
const READERS_AT_ONCE = 200;
const LISTS_PER_TRANSACTION = 100;
const MARKS_PER_TRANSACTION = 1_000;
const PAGE_ROWS = 5_000;
/**
 * Reads the rows of changed readers and refreshes the neighbour lists of the books that they affect. A lease lets one engine
 * work at a time; a new leader reads all rows first. Lists are sums of whole numbers, so they do not depend on the order of
 * acts.
 */
export function startEngine(deps: EngineDeps): Engine {
  const engine = new RunningEngine(deps);
  const done = engine.run();
  return {
    state: () => engine.state(),
    idle: async () => (await deps.marks.oldest(1)).length === 0,
    stop: () => {
      engine.stop();
      return done;
    },
  };
}

class RunningEngine {
  readonly #deps: EngineDeps;
  readonly #lease: Lease;
  readonly #stopping = new AbortController();
  readonly #timeSlices: () => Promise<void>;
  #model: CoOccurrence | undefined;
  /** Whether the model may already contain changes that are still marked. It then sees no difference for them. */
  #uncertain = false;
  /** Fingerprints of the lists that this engine has stored. A list with the same fingerprint is not written again. */
  #stored = new Map<string, number>();
  /** Lists that are known to be marked. They need no second mark. */
  #marked = new Set<string>();
  /** The epoch of the lease under which the model was loaded. */
  #epoch: number | undefined;
  #healthy = true;
  #refreshed = 0;
  #saidLeaderless = false;

  constructor(deps: EngineDeps) {
    const { leases, owner, clock, version } = deps;
    this.#deps = deps;
    this.#timeSlices = createTimeSlices(clock, this.#stopping.signal);
    this.#lease = createLease({ leases, name: `engine-${version}`, owner, clock, durationMs: LEASE_MS });
  }

  state(): ReturnType<Engine["state"]> {
    return {
      healthy: this.#healthy,
      leading: this.#model !== undefined,
      leaderless: this.#isLeaderless(),
      refreshed: this.#refreshed,
    };
  }

  #isLeaderless(): boolean {
    return this.#lease.vacantMs() >= MAX_VACANT_MS;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Runs rounds of refreshes until the engine is stopped, then releases the lease. Never rejects. */
  async run(): Promise<void> {
    const { clock, logger } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const begun = clock.now();
        const marks = await this.#refresh();
        this.#healthy = true;
        await this.#rest(marks, begun);
      } catch (error) {
        if (error instanceof Fenced) {
          this.#lease.forget();
          continue;
        }
        if (this.#healthy) logger.warn("engine-held", { reason: messageOf(error) });
        this.#healthy = false;
        this.#model = undefined;
        await clock.sleep(PAUSE_AFTER_FAILURE_MS, signal);
      }
    }
    await this.#lease.release().catch((error) => logger.warn("lease-kept", { reason: messageOf(error) }));
  }

  async #rest(marks: ChangeMark[], begun: number): Promise<void> {
    const { changes, clock } = this.#deps;
    if (marks.length === 0) await changes.wait(MAX_IDLE_MS, this.#stopping.signal);
    else await this.#restFor(restAfter(marks, clock.now() - begun));
  }

  /** Rests for `restMs`, or until nothing has changed for `quietMs` or the lease is lost. A rest may outlast the lease, so it renews it. */
  async #restFor({ restMs, quietMs }: Rest): Promise<void> {
    const { changes, clock } = this.#deps;
    const { signal } = this.#stopping;
    if (restMs === 0) return;
    // Consumes the notice of the round's own changes.
    await changes.wait(0, signal);
    for (let leftMs = restMs; leftMs > 0 && !signal.aborted; leftMs -= quietMs) {
      const atMostMs = Math.min(quietMs, leftMs);
      const begun = clock.now();
      await changes.wait(atMostMs, signal);
      const waitedMs = clock.now() - begun;
      if (waitedMs >= atMostMs) return;
      await clock.sleep(atMostMs - Math.max(0, waitedMs), signal);
      if (await this.#lease.take() === undefined) return;
    }
  }

  async #holdsLease(): Promise<boolean> {
    const epoch = await this.#lease.take();
    if (this.#isLeaderless() && !this.#saidLeaderless) this.#deps.logger.error("engine-leaderless");
    this.#saidLeaderless = this.#isLeaderless();
    // Another engine may have held the lease meanwhile and cleared marks of changes that this model lacks.
    if (epoch !== this.#epoch) this.#model = undefined;
    this.#epoch = epoch;
    return epoch !== undefined;
  }

  /** A round may outlast the lease. If it expired, engines would take turns in reading all rows. */
  async #renewLease(): Promise<void> {
    if (await this.#lease.take() !== this.#epoch) throw new Fenced("another engine has had the lease meanwhile");
  }

  async #load(): Promise<CoOccurrence> {
    const { readers, books, settings } = this.#deps;
    const model = new CoOccurrence(await settings.read() ?? DEFAULT_SETTINGS);
    let rows = await readers.page("", PAGE_ROWS);
    for (; rows.length > 0; rows = await readers.page(rows.at(-1)!.reader, PAGE_ROWS)) {
      await this.#renewLease();
      for (const [reader, own] of Map.groupBy(rows, (row) => row.reader)) {
        model.set(reader, own);
        await this.#timeSlices();
      }
    }
    if (model.readers === 0) return model;
    const stored = new Map((await books.neighbours(SHOP_LISTS)).map(({ book, readers }) => [book, readers]));
    // An engine of an older release, which does not know this list, has stored all lists by an older formula.
    if (stored.get(LATELY) === 0) await this.#markLists([...model.takeTouched(), ...SHOP_LISTS]);
    // An engine of a release that does not know this list has stored it empty or not at all; its other lists are right.
    else if (!stored.get(ARRIVALS)) await this.#markLists([ARRIVALS]);
    return model;
  }

  /** Refreshes the lists of what is marked and returns the marks. Returns none if it is not the leader or was stopped. */
  async #refresh(): Promise<ChangeMark[]> {
    if (!(await this.#holdsLease())) return [];
    if (this.#model === undefined) {
      this.#marked = new Set();
      this.#stored = new Map();
      this.#model = await this.#load();
      this.#uncertain = true;
    }
    const model = this.#model;
    const marks = await nextMarks(this.#deps.marks);
    // Marked changes may already be in a freshly loaded model, which then sees no difference.
    const isUncertain = this.#uncertain;
    await this.#updateModel(model, marks);
    if (marks.length === 0) return [];
    const touched = model.takeTouched();
    const marked = marks.flatMap(({ kind, id }) => kind === "list" ? [id] : []);
    const made = new Set([...touched, ...marked]);
    const stored = await this.#storeLists([...made]);
    if (!stored) {
      // The marks remain, so the next leader refreshes the same books.
      this.#model = undefined;
      return [];
    }
    const beside = new Set<string>();
    for (const books of model.beside(touched, isUncertain)) {
      for (const book of books) if (!made.has(book)) beside.add(book);
      await this.#timeSlices();
    }
    await this.#replaceMarks(marks, [...beside]);
    return marks;
  }

  /** Updates the model with the rows of the marked readers and touches the books whose lists need a refresh. */
  async #updateModel(model: CoOccurrence, marks: ChangeMark[]): Promise<void> {
    // Without marks all stored lists are up to date. With marks it is unknown which ones are.
    if (this.#uncertain && marks.length === 0) model.clearChanges();
    const changed = marks.flatMap(({ kind, id }) => kind === "reader" ? [id] : []);
    for (const some of piecesOf(changed, READERS_AT_ONCE)) {
      await this.#renewLease();
      const rows = Map.groupBy(await this.#deps.readers.interactions(some), ({ reader }) => reader);
      for (const reader of some) {
        const own = rows.get(reader) ?? [];
        model.set(reader, own);
        // A model that was loaded after the change sees no difference, so all books of the reader are touched.
        if (this.#uncertain) { for (const book of [...SHOP_LISTS, ...own.map((row) => row.book)]) model.touch(book); }
        await this.#timeSlices();
      }
    }
    if (marks.length < MAX_MARKS) this.#uncertain = false;
    for (const { kind, id } of marks) if (kind === "book") model.touch(id);
  }

  /** Stores the books' current lists. Returns false if it was stopped or lost the lease meanwhile. */
  async #storeLists(books: string[]): Promise<boolean> {
    for (const some of piecesOf(books, LISTS_PER_TRANSACTION)) {
      const model = this.#model!;
      const changed: { list: NeighbourList; fingerprint: number }[] = [];
      for (const book of some) {
        const list = model.list(book);
        const fingerprint = listFingerprint(list);
        if (this.#stored.get(book) !== fingerprint) changed.push({ list, fingerprint });
        await this.#timeSlices();
      }
      await this.#write(({ lists }) => lists.put(changed.map(({ list }) => list)));
      for (const { list, fingerprint } of changed) this.#stored.set(list.book, fingerprint);
      this.#refreshed += some.length;
      await this.#timeSlices();
      if (this.#stopping.signal.aborted || !(await this.#holdsLease()) || this.#model === undefined) return false;
    }
    return true;
  }

  /** Marks the lists that depend on a finished round, unless they are marked, then clears the round's marks. */
  async #replaceMarks(marks: ChangeMark[], neighbours: string[]): Promise<void> {
    for (const { kind, id } of marks) if (kind === "list") this.#marked.delete(id);
    await this.#markLists(neighbours.filter((id) => !this.#marked.has(id)));
    for (const some of piecesOf(marks, MARKS_PER_TRANSACTION)) {
      await this.#write(({ changed }) => changed.clear(some));
      await this.#timeSlices();
    }
  }

  async #markLists(books: string[]): Promise<void> {
    for (const some of piecesOf(books, MARKS_PER_TRANSACTION)) {
      await this.#write(({ changed }) => changed.mark(some.map((id) => ({ kind: "list", id }))));
      for (const id of some) this.#marked.add(id);
      await this.#timeSlices();
    }
  }

  /** Writes under the fence of the lease, so an engine that was paused cannot overwrite the lists of a new leader. */
  async #write(work: (stores: EngineStores) => Promise<void>): Promise<void> {
    await this.#renewLease();
    return await this.#deps.uow.run(async (stores) => {
      await stores.fence.check(this.#lease.epochs());
      await work(stores);
    }, { asynchronous: true });
  }
}
