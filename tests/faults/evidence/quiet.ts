import { leftOver } from "@/tests/oracle/promises/arrival.ts";
import { WAYS } from "@/tests/faults/world/servers.ts";
import { liveOf, offsetOf, type Tables } from "@/tests/faults/world/tables.ts";
import type { Topics } from "@/tests/faults/world/topics.ts";

/** What is still on its way: rows of the outbox, partitions that are not read to their ends, marks of the engine. */
export async function unfinished(topics: Topics, tables: Tables): Promise<string[]> {
  const [outbox] = await tables.rows("web", "SELECT COUNT(*) AS n FROM outbox");
  const ends = await topics.ends();
  const positions = new Map<string, string>();
  for (const service of WAYS) {
    const live = service === "web" ? 1 : await liveOf(tables, service);
    for (const row of await tables.rows(service, `SELECT * FROM ${tables.positions} WHERE version = ${live}`)) {
      positions.set(`${row.consumer} ${row.topic}/${row.partition}`, String(offsetOf(row.next)));
    }
  }
  const live = await liveOf(tables, "recommendation");
  const [marks] = await tables.rows("recommendation", `SELECT COUNT(*) AS n FROM change_mark WHERE version = ${live}`);
  return leftOver({ outbox: Number(outbox!.n), ends, positions, marks: Number(marks!.n), rebuilds: [] });
}

/** Waits until nothing is on its way any more; what is left after the patience is returned. */
export async function quiet(
  topics: Topics,
  tables: Tables,
  patienceMs: number,
): Promise<{ tookMs: number; left: string[] }> {
  const from = performance.now();
  for (;;) {
    const left = await unfinished(topics, tables).catch((error) => [`the servers do not answer: ${error}`]);
    const tookMs = performance.now() - from;
    if (left.length === 0 || tookMs > patienceMs) return { tookMs, left };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
