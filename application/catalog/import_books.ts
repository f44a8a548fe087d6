import { type Book, type BookDetails, sameDetails } from "@/domain/catalog/book.ts";
import type { Rejection } from "@/domain/rejection.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { IdGenerator } from "@/application/ports.ts";
import { CATALOG, CATALOG_TOPICS } from "./messages.ts";
import { type ImportRow, type ReadRow, readRow } from "./import_row.ts";
import type { BookShelf } from "./ports.ts";

type ImportDeps = { bus: MessageBus; shelf: BookShelf; ids: IdGenerator };
export type ImportOptions = {
  map?: Parameters<typeof readRow>[1];
  /** Reads and checks only, stores nothing. */
  dryRun?: boolean;
  onReject?: (row: number, raw: ImportRow, reason: string) => void | Promise<void>;
  onWarning?: (row: number, warning: string) => void;
  onProgress?: (report: ImportReport) => void;
};
type ImportReport = {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  warnings: number;
};

const ROWS_PER_TRANSACTION = 200;
type Line = { row: number; raw: ImportRow; id: string; details: BookDetails };

/**
 * Brings rows into the catalogue by the commands that HTTP uses: new books are added, known ones changed where they
 * differ, so that a second run changes nothing. An ISBN that another book has is left out with a warning.
 */
export async function importBooks(
  deps: ImportDeps,
  rows: AsyncIterable<ImportRow>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const report: ImportReport = { rows: 0, added: 0, changed: 0, unchanged: 0, rejected: 0, warnings: 0 };
  const reject = async (row: number, raw: ImportRow, reason: string) => {
    report.rejected++;
    await options.onReject?.(row, raw, reason);
  };
  const warn = (row: number, warning: string) => {
    report.warnings++;
    options.onWarning?.(row, warning);
  };

  async function flush(lines: Map<string, Line>): Promise<void> {
    const known = new Map((await deps.shelf.byIds([...lines.keys()])).map((book) => [book.id, book]));
    let todo = [...lines.values()].filter((line) => differs(known.get(line.id), line));
    report.unchanged += lines.size - todo.length;
    while (todo.length > 0) {
      const again: Line[] = [];
      const outcomes = options.dryRun === true ? [] : await store(deps, todo, known);
      for (const [at, line] of todo.entries()) {
        const outcome = outcomes[at];
        if (outcome?.kind !== "rejected") report[known.has(line.id) ? "changed" : "added"]++;
        else if (outcome.rejection.code !== "isbn-taken") await reject(line.row, line.raw, reasonOf(outcome.rejection));
        else {
          warn(line.row, `isbn13: ${outcome.rejection.detail}; left out`);
          const { isbn13: _taken, ...details } = line.details;
          if (differs(known.get(line.id), { ...line, details })) again.push({ ...line, details });
          else report.unchanged++;
        }
      }
      todo = again;
    }
    options.onProgress?.(report);
  }

  let lines = new Map<string, Line>();
  for await (const raw of rows) {
    const row = ++report.rows;
    const read: ReadRow = readRow(raw, options.map);
    if (!read.ok) {
      await reject(row, raw, read.reason);
      continue;
    }
    for (const warning of read.warnings) warn(row, warning);
    // A book that stands twice in a file is stored twice, so that the later row wins.
    if (lines.size >= ROWS_PER_TRANSACTION || lines.has(read.id)) {
      await flush(lines);
      lines = new Map();
    }
    lines.set(read.id, { row, raw, id: read.id, details: read.details });
  }
  if (lines.size > 0) await flush(lines);
  return report;
}

const differs = (book: Book | undefined, { details }: Line): boolean =>
  book === undefined || !sameDetails(book, details);

const reasonOf = ({ code, detail }: Rejection): string => (code === "invalid" ? detail : `${code}: ${detail}`);

function store({ bus, ids }: ImportDeps, lines: Line[], known: Map<string, Book>) {
  const correlationid = ids.fresh();
  return bus.dispatch(
    CATALOG_TOPICS.commands,
    lines.map(({ id, details }) => ({
      id: ids.fresh(),
      source: "/bookstream/web/import",
      type: known.has(id) ? CATALOG.changeBook : CATALOG.addBook,
      correlationid,
      data: { id, ...details },
    })),
  );
}
