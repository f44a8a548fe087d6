import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Unavailable } from "@/application/faults.ts";
import type { Clock, CommitOptions } from "@/application/ports.ts";
import type { Database as StoreDatabase } from "@/adapters/sql/database.ts";
import { createCheckpoints, MOST_LOG_PAGES } from "@/adapters/sqlite/file/checkpoints.ts";
import { statementsOf, type SyncStatements, withOutages } from "@/adapters/sqlite/connection/connection.ts";
import { defineFunctions } from "@/adapters/sqlite/connection/functions.ts";
import { breakSeal, checkSeal, checkStructure, seal } from "@/adapters/sqlite/file/seal.ts";
import { openOrExplain } from "@/adapters/sqlite/file/open_fault.ts";
import { ownFile } from "@/adapters/sqlite/file/own_file.ts";
import { createStatements } from "@/adapters/sqlite/connection/statements.ts";
import { openCommitSignal } from "@/adapters/sqlite/connection/commit_signal.ts";
import { createEventLoopYield } from "@/adapters/sqlite/connection/event_loop_yield.ts";
import { createWatchers } from "@/adapters/sqlite/connection/watchers.ts";
import { Writer } from "@/adapters/sqlite/connection/writer.ts";

/** A file with synchronous statements. The work of a transaction may await only its own statements. */
export type Database = StoreDatabase<SyncStatements>;

export type Migration = string | ((connection: DatabaseSync) => void);

type DatabaseDeps = {
  path: string;
  /** The migrations from an empty file to the current schema, in order. Each runs once. */
  migrations: Migration[];
  clock: Clock;
  /** `off` for data that may be lost in a power cut. */
  durability?: "full" | "off";
  /** How long another process may hold the file before it counts as an outage. */
  patienceMs?: number;
};

const PATIENCE_MS = 10_000;
const READ_PATIENCE_MS = 1_000;
/** The page cache of the reading connection. A search in 10,000 books reads more than SQLite's default of 2 MB. */
const READ_CACHE_KIB = 16_384;
/**
 * Reads map so much of a file into memory, which saves a copy of each page; a million books fit. The mapped pages count as memory of
 * the process, but they are the system's cache of the file, which it takes back when it needs to.
 */
const MAPPED_BYTES = 2 ** 30;
/** The page cache of the writing connection. Each transaction of an import changes index pages all over the file. */
const WRITE_CACHE_KIB = 32_768;
/** Transactions of all files of this process yield to the event loop, so that requests do not wait for several in a row. */
const transactionTurns = createEventLoopYield();
const SIZE = `SELECT (page_count - freelist_count) * page_size AS n
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;

/** Opens a file in WAL mode with one connection that writes and one that reads. Applies the missing migrations. */
export function openDatabase(
  { path, migrations, clock, durability = "full", patienceMs = PATIENCE_MS }: DatabaseDeps,
): Database {
  const connection = openOrExplain(path, () => {
    if (durability === "off") removeDamaged(path);
    else checkSeal(path);
    ownFile(path);
    return openWriting(path, migrations, durability);
  });
  const writer = new Writer({ connection, clock, patienceMs, durability });
  const reader = new DatabaseSync(path, { timeout: READ_PATIENCE_MS });
  defineFunctions(reader);
  reader.exec(
    `PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${READ_CACHE_KIB};
     PRAGMA mmap_size = ${MAPPED_BYTES}`,
  );
  const read = statementsOf(reader);
  const watchers = createWatchers(clock);
  const signal = openCommitSignal(path, watchers.notify);
  const checkpoints = durability === "full" ? createCheckpoints(path, clock) : undefined;
  // The reading connection sees the commits of all others, the writing one those of others but itself.
  const [writesOfOthers, dataVersion] = [dataVersionOf(connection), dataVersionOf(reader)];
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function attempt<Value>(
    work: (statements: SyncStatements) => Promise<Value>,
    options?: CommitOptions,
  ): Promise<Value> {
    // Requests have priority over background work.
    const turn = transactionTurns(options?.asynchronous !== true);
    if (turn !== undefined) await turn;
    if (closed) throw new Unavailable("the store is closed");
    const { value, rows } = await writer.run(work, options);
    // A transaction without writes wakes nobody: it may be that of a watcher, which would wake itself for ever.
    if (rows > 0) {
      watchers.notify();
      signal.notify();
      checkpoints?.wrote(rows);
    }
    return value;
  }

  return {
    read,
    transaction(work, options) {
      const next = last.then(() => attempt(work, options));
      last = next.catch(() => {});
      return next;
    },
    writesOfOthers,
    dataVersion,
    changes: watchers.add,
    ping: () => Promise.resolve().then(() => void withOutages(() => reader.prepare("SELECT 1").get())),
    size: () => Promise.resolve().then(() => Number(read.get(SIZE)!.n)),
    async close() {
      if (closed) return;
      await last;
      closed = true;
      signal.close();
      watchers.notify();
      reader.close();
      await checkpoints?.close();
      connection.close();
      if (durability === "full") seal(path);
    },
  };
}

/** Returns what asks a connection for a number that changes when another one has committed. */
function dataVersionOf(connection: DatabaseSync): () => number {
  const statements = statementsOf(connection);
  return () => statements.get("PRAGMA data_version")!.data_version as number;
}

/** Removes a damaged file whose data may be lost in a power cut. */
function removeDamaged(path: string): void {
  if (!existsSync(path)) return;
  try {
    checkStructure(path);
  } catch {
    for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  }
}

/** Opens the connection that writes, and migrates the file. */
function openWriting(path: string, migrations: Migration[], durability: "full" | "off"): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: PATIENCE_MS });
  try {
    connection.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability}; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;
       PRAGMA cache_size = -${WRITE_CACHE_KIB}`,
    );
    if (durability === "full") {
      connection.exec(`PRAGMA wal_autocheckpoint = ${MOST_LOG_PAGES}`);
      breakSeal(path);
    }
    migrate(connection, migrations);
    defineFunctions(connection);
    // A busy file must not block the event loop from here on: the holder may need the loop to commit.
    connection.exec("PRAGMA busy_timeout = 0");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Makes a file the database of a store. One transaction of this process runs at a time. A statement after the end of its
 * transaction throws, as it would run in another one: work may reject while a part of it still runs.
 */
function storeDatabase(file: Database): StoreDatabase {
  let closed = false;
  const refuseClosed = () => {
    if (closed) throw new Unavailable("the store is closed");
  };
  return {
    read: createStatements(file.read, refuseClosed, createEventLoopYield()),
    transaction: (work, options) =>
      file.transaction(async (sync) => {
        let ended = false;
        const refuseEnded = () => {
          if (ended) throw new Error("a statement came when its transaction had ended");
        };
        try {
          return await work(createStatements(sync, refuseEnded));
        } finally {
          ended = true;
        }
      }, options),
    writesOfOthers() {
      refuseClosed();
      return file.writesOfOthers!();
    },
    dataVersion() {
      refuseClosed();
      return file.dataVersion!();
    },
    changes: file.changes,
    ping: () => Promise.try(refuseClosed).then(file.ping),
    size: () => Promise.try(refuseClosed).then(file.size),
    async close() {
      closed = true;
      await file.close();
    },
  };
}

/** Opens a file for a store. */
export const openStoreDatabase = (deps: DatabaseDeps): StoreDatabase => storeDatabase(openDatabase(deps));

/** Applies the missing migrations to an open file. */
export function migrate(writer: DatabaseSync, migrations: Migration[]): void {
  writer.exec("BEGIN IMMEDIATE");
  try {
    const { user_version: done } = writer.prepare("PRAGMA user_version").get() as { user_version: number };
    if (done === 0 && writer.prepare("SELECT 1 FROM sqlite_schema").get() !== undefined) {
      throw new Error("it holds the tables of another program: set another DATA_DIR, or move that file");
    }
    if (done > migrations.length) {
      throw new Error(
        `it has schema version ${done}, this program knows up to ${migrations.length}: use a newer program`,
      );
    }
    for (const step of migrations.slice(done)) {
      if (typeof step === "string") writer.exec(step);
      else step(writer);
    }
    // Writing the same number would change the file's bytes.
    if (done < migrations.length) writer.exec(`PRAGMA user_version = ${migrations.length}`);
    writer.exec("COMMIT");
  } catch (error) {
    if (writer.isTransaction) writer.exec("ROLLBACK");
    throw error;
  }
}
