/** One insert an event into one plain table of `node:sqlite`, in a process of its own: the baseline of everything embedded. */
import { DatabaseSync } from "node:sqlite";
import { acts } from "@/bench/acts.ts";
import { perSecond } from "@/bench/report.ts";
import { inBatches } from "@/bench/views.ts";
import { runAlone } from "./run.ts";

type Options = { file: string; events: number; batch: number };

/** Events a second. `file`: of the database, which is made. */
export const runSqlite = async (options: Options): Promise<number> => {
  const folder = options.file.slice(0, options.file.lastIndexOf("/"));
  const permissions = [`--allow-read=${folder}`, `--allow-write=${folder}`, "--ignore-env"];
  return (await runAlone<{ perSecond: number }>("bare/sqlite.ts", options, permissions)).perSecond;
};

function main({ file, events, batch }: Options): number {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE vote (key TEXT, hour INTEGER, reader TEXT, kind TEXT, time INTEGER, " +
      "PRIMARY KEY (key, hour, reader, kind)) WITHOUT ROWID",
  );
  const insert = database.prepare("INSERT OR IGNORE INTO vote VALUES (?, ?, ?, ?, ?)");
  const all = acts(events);
  const from = performance.now();
  for (const part of inBatches(all, batch)) {
    database.exec("BEGIN");
    for (const { book, reader, type } of part) insert.run(book, 1, reader, type, from);
    database.exec("COMMIT");
  }
  const speed = perSecond(events, performance.now() - from);
  database.close();
  return speed;
}

if (import.meta.main) console.log(JSON.stringify({ perSecond: main(JSON.parse(Deno.args[0]!)) }));
