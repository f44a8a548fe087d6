import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { drained } from "@/tests/support/suites/drained.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Asked } from "./workload.ts";

/** Starts a suite on what a power cut at a place of the trace has left, and says what it broke of the promises. */
export async function judge(folder: string, asked: Asked[], cut: number): Promise<string[]> {
  try {
    await recover(folder);
  } catch (error) {
    return [`the suite did not come up: ${(error as Error).message}`];
  }
  const read = (file: string, sql: string): Record<string, unknown>[] => {
    const connection = new DatabaseSync(join(folder, file), { readOnly: true });
    try {
      return connection.prepare(sql).all();
    } finally {
      connection.close();
    }
  };
  const pairs = (file: string, sql: string) => new Set(read(file, sql).map(({ reader, book }) => `${reader} ${book}`));
  const books = (file: string, sql: string) =>
    new Map(read(file, sql).map(({ id, title, version }) => [String(id), `${version} ${title}`]));
  const acts = {
    web: pairs("web.db", "SELECT reader, book FROM reader_book"),
    trend: pairs("trend.db", "SELECT reader, `key` AS book FROM vote WHERE subject = 'book' AND kind = 'read'"),
    recommendation: pairs("recommendation.db", "SELECT reader, book FROM interaction"),
  };
  const shelf = {
    web: books("web.db", "SELECT id, title, version FROM book"),
    trend: books("trend.db", "SELECT id, title, book_version AS version FROM shown_book WHERE removed = 0"),
    recommendation: books("recommendation.db", "SELECT id, title, book_version AS version FROM known_book"),
  };
  const counts = (sql: string) => new Set(read("trend.db", sql).map(({ book, n }) => `${n} of ${book}`));
  const [voted, counted] = [
    counts("SELECT `key` AS book, COUNT(*) AS n FROM vote WHERE subject = 'book' GROUP BY `key`"),
    counts("SELECT `key` AS book, SUM(count) AS n FROM bucket WHERE subject = 'book' GROUP BY `key`"),
  ];
  return [
    ...different("acts", "web", acts.web, { trend: acts.trend, recommendation: acts.recommendation }),
    ...different("books", "web", entries(shelf.web), {
      trend: entries(shelf.trend),
      recommendation: entries(shelf.recommendation),
    }),
    ...different("counts", "votes", voted, { buckets: counted }),
    ...lost(acts.web, shelf.web, asked, cut),
  ];
}

const entries = (map: Map<string, string>) => new Set([...map].map(([id, text]) => `${id} ${text}`));

/** Runs the whole suite until it has done all its work. */
async function recover(folder: string): Promise<void> {
  const suite = await openSuite({ DATA_DIR: folder });
  try {
    const services = servicesOf(suite);
    const [web, trend, recommendation] = [
      await services.web("all"),
      await services.trend(),
      await services.recommendation(),
    ];
    await eventually(async () => await suite.stores.web.outbox.size() === 0, 60_000);
    await drained(folder, ["web", "trend", "recommendation"]);
    for (const one of [web, trend, recommendation]) await one.stop();
  } finally {
    await suite.close();
  }
}

function different(what: string, by: string, wanted: Set<string>, others: Record<string, Set<string>>): string[] {
  return Object.entries(others).flatMap(([name, found]) => {
    const [lacks, more] = [wanted.difference(found), found.difference(wanted)];
    if (lacks.size + more.size === 0) return [];
    return [
      `${name} lacks ${lacks.size} ${what} of ${by} (${first(lacks)}) and has ${more.size} more (${first(more)})`,
    ];
  });
}

/** What was answered before the cut and is not there, and what was asked after it and is. */
function lost(acts: Set<string>, books: Map<string, string>, asked: Asked[], cut: number): string[] {
  const erased = new Set(asked.flatMap((one) => one.kind === "erase" && one.sent <= cut ? [one.reader] : []));
  const isGone = new Set(asked.flatMap((one) => one.kind === "erase" && isAnswered(one, cut) ? [one.reader] : []));
  const found: string[] = [];
  for (const one of asked) {
    if (one.kind === "act") {
      const isThere = acts.has(`${one.reader} ${one.book}`);
      if (isThere && one.sent > cut) found.push(`an act that was not asked yet is there: ${one.reader}`);
      if (isThere && isGone.has(one.reader)) found.push(`the erased reader ${one.reader} is there`);
      if (!isThere && isAnswered(one, cut) && !erased.has(one.reader)) found.push(`the act of ${one.reader} is lost`);
    } else if (one.kind === "book") {
      const version = Number(books.get(one.id)?.split(" ")[0] ?? 0);
      if (version < one.version && isAnswered(one, cut)) found.push(`version ${one.version} of ${one.id} is lost`);
      if (version >= one.version && one.sent > cut) found.push(`version ${one.version} of ${one.id} came too early`);
      if (version === one.version && books.get(one.id) !== `${one.version} ${one.title}`) {
        found.push(`version ${one.version} of ${one.id} has another title`);
      }
    }
  }
  return found;
}

const isAnswered = ({ answered }: Asked, cut: number): boolean => answered !== undefined && answered <= cut;
const first = (set: Set<string>): string => [...set].slice(0, 2).join(", ");
