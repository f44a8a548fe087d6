import { countOf } from "@/application/shared/text/count_of.ts";
import type { StoreName, Tail } from "./ports.ts";

type TableCount = { store: StoreName; table: string; source: number; target: number };
/** `unread`: in the source. `sent`: by this move, each once. `held`: in the new log, some twice after a resumed move. */
export type TopicCount = { topic: string; unread: number; sent: number; held: number };
export type Report = {
  /** `dry-run`: only counted. `moved`: by this run. `moved-before`: by an earlier run, so there was nothing to do. */
  outcome: "dry-run" | "moved" | "moved-before";
  tables: TableCount[];
  topics: TopicCount[];
  /** Messages that each consumer has not read yet. */
  unreadBy: Record<string, number>;
  /** Dead letters that did not move: their messages come again, and are parked again if they still fail. */
  deadLettersAgain: number;
};

/** The counts that differ, a sentence each. */
export function differences({ tables, topics }: Pick<Report, "tables" | "topics">): string[] {
  return [
    ...tables.filter(({ source, target }) => source !== target).map(({ store, table, source, target }) =>
      `${store}.${table}: ${countOf(source, "row")} in the source, ${target} in the target`
    ),
    ...topics.filter(({ unread, sent, held }) => sent < unread || held < sent).map(({ topic, unread, sent, held }) =>
      `${topic}: ${countOf(unread, "message")} unread in the source, ${sent} sent, ${held} in the target`
    ),
  ];
}

/** How much each consumer has not read, over all partitions. */
export function unreadByConsumer(tails: Tail[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { unreadBy } of tails) {
    for (const [consumer, count] of Object.entries(unreadBy)) sums[consumer] = (sums[consumer] ?? 0) + count;
  }
  return sums;
}
