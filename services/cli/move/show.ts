import { countOf } from "@/application/shared/text/count_of.ts";
import type { Report } from "@/application/moving/report.ts";

/** Formats a report for people. */
export function formatReport({ outcome, tables, topics, unreadBy, deadLettersAgain }: Report): string {
  if (outcome === "moved-before") return "this suite was moved before and has not worked since: nothing to do";
  const rows = [
    ["table", "embedded", "target"],
    ...tables.map(({ store, table, source, target }) => [`${store}.${table}`, String(source), String(target)]),
  ];
  const events = [
    ["messages not read by all", "embedded", "sent", "target"],
    ...topics.map(({ topic, unread, sent, held }) => [topic, String(unread), String(sent), String(held)]),
  ];
  const unread = Object.entries(unreadBy).map(([consumer, count]) => `${consumer} ${count}`).join(", ");
  const again = deadLettersAgain === 0
    ? []
    : [`${countOf(deadLettersAgain, "dead letter")} not copied: their messages are among the unread ones`];
  return [...alignColumns(rows), "", ...alignColumns(events), `not read yet by ${unread}`, ...again].join("\n");
}

function alignColumns(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row.map((cell, at) => at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]! + 2)).join("")
  );
}
