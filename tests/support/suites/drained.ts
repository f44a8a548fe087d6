import { DatabaseSync } from "node:sqlite";
import { filesIn } from "@/services/shared/adapters/embedded.ts";
import { eventually } from "@/tests/support/eventually.ts";

/** Waits until services of an embedded suite have done all their work; `web`: also the outbox is empty. */
export async function drained(folder: string, consumers: ("web" | "trend" | "recommendation")[]): Promise<void> {
  const files = filesIn(folder);
  const rows = (file: string, sql: string): Record<string, unknown>[] => {
    const connection = new DatabaseSync(file, { timeout: 5_000 });
    try {
      return connection.prepare(sql).all();
    } finally {
      connection.close();
    }
  };
  const isEmpty = (file: string, table: string) => rows(file, `SELECT 1 FROM ${table} LIMIT 1`).length === 0;
  const readAll = (name: "web" | "trend" | "recommendation") => {
    const stored = rows(files[name], "SELECT topic, partition, next FROM consumer_position");
    const positions = new Map(stored.map((row) => [`${row.topic}/${row.partition}`, Number(row.next)]));
    const heads = rows(files.log, "SELECT topic, partition, next FROM head");
    return heads.filter(({ topic }) => String(topic).endsWith(name === "web" ? ".commands" : ".events"))
      .every(({ topic, partition, next }) => positions.get(`${topic}/${partition}`) === next);
  };
  // In the order in which one makes work for the next: commands, outbox and popularity, projections, engine.
  await eventually(() =>
    (!consumers.includes("web") || readAll("web") && isEmpty(files.web, "outbox") && isEmpty(files.web, "book_act")) &&
    consumers.every(readAll) &&
    (!consumers.includes("recommendation") || isEmpty(files.recommendation, "change_mark"))
  );
}
