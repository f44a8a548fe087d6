import { dropDatabases, SERVERS } from "@/tests/support/databases/mysql.ts";

/** Settings under which the services run together, and how to clean up after them. */
export type World = {
  name: string;
  /** In one process, or each service in its own. */
  suite: boolean;
  env: Record<string, string>;
  clear(): Promise<void>;
};

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

/** The worlds whose servers this run has. The runner reports the others as left out. */
export const WORLDS: World[] = [
  world("one process, embedded", {}, true),
  world("three processes on SQLite", {}),
  ...(brokers === "" ? [] : [
    world("three processes, Kafka and SQLite", kafka()),
    ...SERVERS.map(({ name, url }) => world(`three processes, Kafka and ${name}`, { ...kafka(), MYSQL_URL: url })),
  ]),
];

/** Topics and groups of this run. */
function kafka(): Record<string, string> {
  return { KAFKA_BROKERS: brokers, KAFKA_PREFIX: `t${crypto.randomUUID().slice(0, 8)}.` };
}

function world(name: string, servers: Record<string, string>, suite = false): World {
  const folder = Deno.makeTempDirSync();
  const prefix = `t${crypto.randomUUID().slice(0, 8)}_`;
  return {
    name,
    suite,
    env: { DATA_DIR: folder, MYSQL_PREFIX: prefix, TREND_MIN_READERS: "1", ...servers },
    async clear() {
      await Deno.remove(folder, { recursive: true });
      const { MYSQL_URL: url } = servers;
      if (url !== undefined) await dropDatabases(url, ["web", "trend", "recommendation"].map((one) => prefix + one));
    },
  };
}
