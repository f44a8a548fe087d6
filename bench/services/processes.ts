/** The three services as processes of their own, on Kafka and a server of the MySQL protocol. */
import { dropDatabases } from "@/tests/support/databases/mysql.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready, type Service } from "@/tests/support/processes/processes.ts";
import type { Servers } from "@/bench/servers.ts";
import { TOKEN } from "./post.ts";

export type Shop = Awaited<ReturnType<typeof startShop>>;

/** Starts a shop with topics and databases of its own, without books. */
export async function startShop({ brokers, url }: Servers) {
  const run = crypto.randomUUID().slice(0, 8);
  const folder = await Deno.makeTempDir();
  const env: Record<string, string> = {
    DATA_DIR: folder,
    ADMIN_TOKEN: TOKEN,
    KAFKA_BROKERS: brokers,
    KAFKA_PREFIX: `b${run}.`,
    MYSQL_URL: url,
    MYSQL_PREFIX: `b${run}_`,
    TREND_MIN_READERS: "1",
  };
  const running = new Map<Service, Started>();
  const start = async (service: Service, more: Record<string, string> = {}) => {
    running.set(service, await ready(service, { ...env, ...more }));
  };
  const urlOf = (service: Service) => running.get(service)!.url();
  async function close() {
    await killAll(running.values());
    await dropDatabases(url, ["web", "trend", "recommendation"].map((one) => `b${run}_${one}`));
    await Deno.remove(folder, { recursive: true });
  }
  try {
    await start("trend");
    await start("recommendation");
    await start("web", { TREND_URL: urlOf("trend"), RECOMMENDATION_URL: urlOf("recommendation") });
  } catch (error) {
    await close();
    throw error;
  }
  return { run, brokers, url, folder, env, running, urlOf, close };
}
