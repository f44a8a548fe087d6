import { TOPICS } from "@/application/published/topics.ts";
import { type Way, WAYS } from "./servers.ts";
import { liveOf, offsetOf, type Tables } from "./tables.ts";
import type { Topics } from "./topics.ts";

const EVENTS = [TOPICS.catalogEvents, TOPICS.activityEvents];
/** Which consumers read which topics, and in which store their positions are. */
const CONSUMERS: { service: Way; consumer: string; topics: string[] }[] = [
  { service: "trend", consumer: "trend", topics: EVENTS },
  { service: "recommendation", consumer: "recommendation", topics: EVENTS },
  { service: "web", consumer: "catalog-commands", topics: [TOPICS.catalogCommands] },
  { service: "web", consumer: "activity-commands", topics: [TOPICS.activityCommands] },
];

/** What is still on its way: rows of the outbox, partitions that are not read to their ends, marks of the engine. */
export async function unfinished(topics: Topics, tables: Tables): Promise<string[]> {
  const left: string[] = [];
  const [outbox] = await tables.rows("web", "SELECT COUNT(*) AS n FROM outbox");
  if (Number(outbox!.n) > 0) left.push(`${outbox!.n} rows in the outbox`);
  const ends = await topics.ends();
  const positions = new Map<string, string>();
  for (const service of WAYS) {
    const live = service === "web" ? 1 : await liveOf(tables, service);
    for (const row of await tables.rows(service, `SELECT * FROM ${tables.positions} WHERE version = ${live}`)) {
      positions.set(`${row.consumer} ${row.topic}/${row.partition}`, String(offsetOf(row.next)));
    }
  }
  for (const { consumer, topics } of CONSUMERS) {
    for (const [place, end] of ends) {
      if (!topics.includes(place.slice(0, place.lastIndexOf("/")))) continue;
      const at = positions.get(`${consumer} ${place}`);
      if (at !== end) left.push(`${consumer} is at ${at} of ${end} in ${place}`);
    }
  }
  const live = await liveOf(tables, "recommendation");
  const [marks] = await tables.rows("recommendation", `SELECT COUNT(*) AS n FROM change_mark WHERE version = ${live}`);
  if (Number(marks!.n) > 0) left.push(`${marks!.n} marks of the engine`);
  return left;
}

/** Waits until nothing is on its way any more; what is left after the patience (ms) is returned. */
export async function quiet(
  topics: Topics,
  tables: Tables,
  patience: number,
): Promise<{ took: number; left: string[] }> {
  const from = performance.now();
  for (;;) {
    const left = await unfinished(topics, tables).catch((error) => [`the servers do not answer: ${error}`]);
    const took = performance.now() - from;
    if (left.length === 0 || took > patience) return { took, left };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
