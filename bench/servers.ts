import type { Database } from "./choose.ts";

/** Servers of other makers that a benchmark runs on. `url`: of the database. */
export type Servers = { name: string; brokers: string; url: string };

const SETTINGS = { mysql: "MYSQL_URL", mariadb: "MARIADB_URL" };

/** The servers for a database, or the settings that are missing. */
export function serversFor(name: Exclude<Database, "embedded">): Servers | { missing: string[] } {
  const setting = SETTINGS[name];
  const [brokers, url] = [brokersOf(), Deno.env.get(setting) ?? ""];
  const missing = [brokers === "" ? "KAFKA_BROKERS" : "", url === "" ? setting : ""].filter((one) => one !== "");
  return missing.length > 0 ? { missing } : { name, brokers, url };
}

/** Empty where there is no Kafka. */
export const brokersOf = (): string => Deno.env.get("KAFKA_BROKERS") ?? "";
