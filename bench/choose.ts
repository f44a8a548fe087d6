/** Which benchmarks there are, and which of them the words of a command line mean. */
import { ok, refuse, type Result } from "@/domain/result.ts";

export const DATABASES = ["embedded", "mysql", "mariadb"] as const;
export type Database = (typeof DATABASES)[number];

/** How much is measured. `books`: a file with a catalogue for the embedded suite and for search; `madeUp`: else so many books for search. `acts`: to be learned. */
export type Size = { events: number; books?: string; madeUp: number; acts: number };

type Bench = {
  name: string;
  about: string;
  on: readonly Database[];
  /** Takes minutes, so it runs only where it is named. */
  onlyByName?: true;
};

const SERVERS = ["mysql", "mariadb"] as const;

export const BENCHES: readonly Bench[] = [
  { name: "pipeline", about: "HTTP batches → outbox → log → both projections, and processor time", on: DATABASES },
  { name: "latency", about: "how long until others see what a reader did", on: DATABASES },
  { name: "routes", about: "GET requests, beside a bare Hono route", on: DATABASES },
  { name: "idle", about: "processor time of services that have nothing to do", on: SERVERS },
  { name: "failover", about: "how long until another consumer has taken over", on: SERVERS },
  { name: "projection", about: "each projection over a backlog in the log", on: DATABASES },
  { name: "relay", about: "from the outbox to Kafka", on: DATABASES },
  { name: "search", about: "queries of every kind, beside FTS5 or FULLTEXT, and MiniSearch", on: DATABASES },
  { name: "lists", about: "readers' lists, 16 at a time, and learning, beside plain maps", on: ["embedded"] },
  {
    name: "learn",
    about: "a shop's acts over HTTP until all lists know them, beside plain maps",
    on: ["embedded"],
    onlyByName: true,
  },
  { name: "import", about: "a file into the catalogue, beside a bare INSERT of its rows", on: DATABASES },
  { name: "overload", about: "twice as many searches as can be answered, beside admitting all", on: ["embedded"] },
  {
    name: "brokers",
    about: "the kill of each of three brokers, beside bare kafkajs; starts brokers of its own",
    on: ["embedded"],
    onlyByName: true,
  },
  { name: "backlog", about: "a million views, and one to six trend services", on: SERVERS, onlyByName: true },
];

/** Benchmarks by the database that they run on. */
type Chosen = Map<Database, Set<string>>;

/**
 * Benchmarks and databases by their names: no benchmark means all but those that take minutes, no database all. A word that is
 * neither is a fault, and so is a benchmark that none of the databases has.
 */
export function chooseBenches(words: readonly string[]): Result<Chosen, string> {
  const databases = DATABASES.filter((name) => words.includes(name));
  const benches = BENCHES.filter(({ name }) => words.includes(name));
  const known: string[] = [...DATABASES, ...BENCHES.map(({ name }) => name)];
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length > 0) return refuse(`no such benchmark: ${unknown.join(", ")}; wanted ${known.join(", ")}`);

  const on = databases.length > 0 ? databases : DATABASES;
  const nowhere = benches.find((bench) => !bench.on.some((one) => on.includes(one)));
  if (nowhere !== undefined) return refuse(`${nowhere.name} is measured on ${nowhere.on.join(" and ")} only`);
  const wanted = benches.length > 0 ? benches : BENCHES.filter(({ onlyByName }) => !onlyByName);
  const namesOn = (database: Database) => wanted.filter(({ on }) => on.includes(database)).map(({ name }) => name);
  return ok(new Map(on.map((one) => [one, new Set(namesOn(one))])));
}
