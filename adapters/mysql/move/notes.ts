import type { Database } from "@/adapters/sql/database.ts";
import type { Statements } from "@/adapters/sql/statements.ts";
import { type DatabaseDeps, openDatabase } from "@/adapters/mysql/database.ts";
import { TABLE } from "@/adapters/mysql/messaging_schema.ts";

/** The progress of a move from the embedded suite into this database. */
export const MOVE_NOTE_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS move_note (
     name VARCHAR(300) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, value TEXT NOT NULL
   ) ${TABLE}`,
];

/** Returns the notes of a move by name, or none when nothing was moved here. */
export async function moveNotes({ all }: Statements): Promise<Map<string, string>> {
  return new Map((await all("SELECT name, value FROM move_note")).map((row) => [String(row.name), String(row.value)]));
}

/** Returns when a move has filled the database, or undefined when none has. */
export async function movedAt(statements: Statements): Promise<number | undefined> {
  const finished = (await moveNotes(statements)).get("finished");
  return finished === undefined ? undefined : Date.parse(finished);
}

/** Opens a service's database. Throws when an unfinished move has filled a part of it. */
export async function openServiceDatabase(deps: DatabaseDeps): Promise<Database> {
  const database = await openDatabase(deps);
  try {
    const notes = await moveNotes(database.read);
    if (notes.size === 0 || notes.has("finished")) return database;
    throw new Error(
      `${deps.name} is half filled by a move that was interrupted: run \`deno task move\` again to end it`,
    );
  } catch (error) {
    await database.close();
    throw error;
  }
}
