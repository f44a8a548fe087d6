import { type Book, sameDetails } from "@/domain/catalog/book.ts";
import type { Rejection } from "@/domain/rejection.ts";
import type { Complaints, ImportDeps, ImportOptions, Line } from "./import_options.ts";
import { CATALOG, CATALOG_TOPICS } from "@/application/catalog/messages.ts";
import { isbnTaken } from "@/application/catalog/books/refusals.ts";

/** A transaction's rows and bytes, whichever is reached first. */
const ROWS_PER_TRANSACTION = 500;
const BYTES_PER_TRANSACTION = 2 * 1024 * 1024;

type PacketOptions = Complaints & Pick<ImportOptions, "dryRun" | "onProgress">;

/**
 * Stores rows in packets, each in a transaction, in order. While one is stored the next is read from the file, and what the catalogue
 * has of it is asked for: no id is in two packets.
 */
export function createPackets(deps: ImportDeps, options: PacketOptions) {
  let lines: Line[] = [];
  let bytes = 0;
  let storing: Promise<void> = Promise.resolve();
  const trial = dryRunOf(options.dryRun === true);

  async function send(): Promise<void> {
    if (lines.length === 0) return;
    const packet = lines;
    [lines, bytes] = [[], 0];
    const known = knownBooks(deps, packet);
    known.catch(() => {});
    await storing;
    storing = known.then((known) => storePacket(deps, options, { lines: packet, known }, trial));
    // A fault is heard by the next packet or at the end.
    storing.catch(() => {});
  }

  return {
    /** An id is added once. */
    async add(line: Line): Promise<void> {
      if (lines.length >= ROWS_PER_TRANSACTION || bytes >= BYTES_PER_TRANSACTION) await send();
      lines.push(line);
      bytes += bytesOf(line);
    },
    async finish(): Promise<void> {
      await send();
      await storing;
    },
    /** Waits until the packet under way has succeeded or failed. */
    settle: (): Promise<void> => storing.catch(() => {}),
  };
}

const bytesOf = ({ details }: Line): number =>
  500 + details.title.length + (details.description?.length ?? 0) + details.authors.join().length +
  details.subjects.join().length;

const knownBooks = async ({ shelf }: ImportDeps, lines: Line[]): Promise<Map<string, Book>> =>
  new Map((await shelf.byIds(lines.map(({ id }) => id))).map((book) => [book.id, book]));

async function storePacket(
  deps: ImportDeps,
  { report, reject, warn, onProgress }: PacketOptions,
  { lines, known }: { lines: Line[]; known: Map<string, Book> },
  trial: Trial | undefined,
): Promise<void> {
  const isNews = (line: Line) => differs(known.get(line.id), line);
  let todo = lines.filter(isNews);
  report.unchanged += lines.length - todo.length;
  while (todo.length > 0) {
    const again: Line[] = [];
    const outcomes = trial === undefined ? await store(deps, todo, known) : await trial.store(deps, todo, known);
    for (const [at, line] of todo.entries()) {
      const outcome = outcomes[at]!;
      if (outcome.kind !== "rejected") {
        report[known.has(line.id) ? "changed" : "added"]++;
      } else if (outcome.rejection.code !== "isbn-taken") await reject(line.row, line.raw, reasonOf(outcome.rejection));
      else {
        warn(line.row, line.raw, `isbn13: ${outcome.rejection.detail}; left out`);
        const { isbn13: _taken, ...details } = line.details;
        if (isNews({ ...line, details })) again.push({ ...line, details });
        else report.unchanged++;
      }
    }
    todo = again;
  }
  onProgress?.(report);
}

type Tried = { kind: "done" } | { kind: "skipped" } | { kind: "rejected"; rejection: Rejection };

const differs = (book: Book | undefined, { details }: Line): boolean =>
  book === undefined || !sameDetails(book, details);

const reasonOf = ({ code, detail }: Rejection): string => (code === "invalid" ? detail : `${code}: ${detail}`);

/** Commands that store the rows. With `isTried` the transaction is rolled back, and what would have become of them is known. */
async function store(
  { bus, ids }: ImportDeps,
  lines: Line[],
  known: Map<string, Book>,
  isTried = false,
): Promise<Tried[]> {
  const correlationid = ids.fresh();
  const commands = lines.map(({ id, details }) => ({
    id: ids.fresh(),
    source: "/bookstream/web/import",
    type: known.has(id) ? CATALOG.changeBook : CATALOG.addBook,
    correlationid,
    data: { id, ...details },
  }));
  if (!isTried) return await bus.dispatch(CATALOG_TOPICS.commands, commands);
  let outcomes: Tried[] = [];
  const rollBack = (found: Tried[]) => {
    outcomes = found;
    return Promise.reject(new RolledBack());
  };
  await bus.dispatch(CATALOG_TOPICS.commands, commands, { afterEffects: rollBack }).catch((error) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  return outcomes;
}

class RolledBack extends Error {}

type Trial = NonNullable<ReturnType<typeof dryRunOf>>;

/** What the rows of a dry run would have stored, as far as later rows of the file meet it: their ISBNs. */
function dryRunOf(isDry: boolean) {
  if (!isDry) return undefined;
  const owners = new Map<string, string>();
  return {
    async store(deps: ImportDeps, lines: Line[], known: Map<string, Book>): Promise<Tried[]> {
      const outcomes = await store(deps, lines, known, true);
      return lines.map(({ id, details: { isbn13 } }, at): Tried => {
        const owner = isbn13 === undefined ? undefined : owners.get(isbn13);
        if (isbn13 === undefined || outcomes[at]?.kind === "rejected") return outcomes[at]!;
        if (owner !== undefined && owner !== id) return { kind: "rejected", rejection: isbnTaken(isbn13, owner) };
        owners.set(isbn13, id);
        return { kind: "done" };
      });
    },
  };
}
