import { DatabaseSync } from "node:sqlite";
import { createHash } from "node:crypto";
import type { Reader, SourceSuite, StoreName } from "@/application/moving/ports.ts";
import { BUSY, codeOf, statementsOf, type SyncStatements } from "@/adapters/sqlite/connection/connection.ts";
import { migrate, type Migration } from "@/adapters/sqlite/database.ts";
import { openOrExplain } from "@/adapters/sqlite/file/open_fault.ts";
import { LOG_MIGRATIONS } from "@/adapters/sqlite/log/event_log.ts";
import { readFrom } from "@/adapters/sqlite/log/reader.ts";
import { breakSeal, checkSeal, seal } from "@/adapters/sqlite/file/seal.ts";
import { countsOf, createSourceStore } from "./tables.ts";
import { tailsOf } from "./tails.ts";
import { RECOMMENDATION_MIGRATIONS } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { TREND_MIGRATIONS } from "@/adapters/sqlite/stores/trend_store.ts";
import { WEB_MIGRATIONS } from "@/adapters/sqlite/stores/web_store.ts";

type SourceDeps = {
  /** The files of the stores and of the log. */
  paths: Record<StoreName | "log", string>;
  /** All consumers of the suite. */
  readers: Reader[];
};

/**
 * Opens an embedded suite to move it. Locks each file for this process alone. The locks end with the process, however it ends.
 * Throws when another process has one of the files open.
 */
export function openSourceSuite({ paths, readers }: SourceDeps): SourceSuite & { close(): void } {
  const opened = new Map<string, DatabaseSync>();
  const close = () =>
    opened.forEach((connection, path) => {
      connection.close();
      seal(path);
    });
  const open = (path: string, migrations: Migration[]) => {
    openOrExplain(path, () => checkSeal(path));
    const connection = new DatabaseSync(path, { timeout: 1_000 });
    opened.set(path, connection);
    lockAlone(connection, path);
    breakSeal(path);
    openOrExplain(path, () => migrate(connection, migrations));
    return connection;
  };
  try {
    const files = {
      web: open(paths.web, WEB_MIGRATIONS),
      trend: open(paths.trend, TREND_MIGRATIONS),
      recommendation: open(paths.recommendation, RECOMMENDATION_MIGRATIONS),
    };
    const stores = {
      web: statementsOf(files.web),
      trend: statementsOf(files.trend),
      recommendation: statementsOf(files.recommendation),
    };
    const log = statementsOf(open(paths.log, LOG_MIGRATIONS));
    const id = String(log.get("SELECT id FROM log")?.id ?? "");
    if (id === "") throw new Error(`${paths.log} is no event log: it has no id`);
    return {
      id,
      state: stateOf(log, Object.values(stores)),
      tails: tailsOf({ log, logId: id, stores, readers }),
      store: (name, tails) => createSourceStore(files[name], tails),
      *messages(tail, after) {
        const { topic, partition } = tail;
        for (let next = Math.max(Number(tail.from), Number(after ?? 0));;) {
          const messages = readFrom(log, { topic, partition }, next);
          if (messages.length === 0) return;
          yield messages;
          next = Number(messages.at(-1)!.next);
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Locks a file exclusively. In WAL mode every connection holds a shared lock, so success proves that there is no other. */
function lockAlone(connection: DatabaseSync, path: string): void {
  try {
    connection.exec("PRAGMA locking_mode = EXCLUSIVE");
    connection.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
  } catch (error) {
    if (codeOf(error) !== BUSY) throw error;
    throw new Error(`${path} is in use: stop every process of the suite, then move it`, { cause: error });
  }
}

/**
 * Returns a fingerprint that changes with any work of the suite: a starting consumer raises epochs, commands and acts add outbox
 * rows, the relay moves the ends of partitions.
 */
function stateOf(log: SyncStatements, stores: SyncStatements[]): string {
  const state = [
    log.all("SELECT * FROM head ORDER BY topic, partition"),
    ...stores.flatMap((store) => [
      store.all("SELECT * FROM consumer_position ORDER BY consumer, version, log_id, topic, partition"),
      sequencesOf(store),
      countsOf(store),
    ]),
  ];
  return createHash("sha256").update(JSON.stringify(state)).digest("hex");
}

/** Returns the last AUTOINCREMENT numbers. A file without such tables has no `sqlite_sequence`. */
const sequencesOf = ({ all, get }: SyncStatements) =>
  get("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'") === undefined
    ? []
    : all("SELECT name, seq FROM sqlite_sequence ORDER BY name");
