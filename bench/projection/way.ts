/** One way to consume a backlog of views, in a process of its own. */
import type { Topic } from "./consume.ts";
import { runAlone } from "@/bench/bare/run.ts";

/** `settings`: of the service. `single`: on MySQL, which `settings` names. */
type Way =
  & { settings: Record<string, string>; messages: number }
  & (
    | { name: "trend" | "recommendation" }
    | { name: "unguarded"; topic: Topic }
    | { name: "single"; topic: Topic; database: string }
  );

const PERMISSIONS = ["-P=service", "--allow-read", "--allow-write", "--allow-net"];

/** Messages a second. */
export const runWay = async (way: Way): Promise<number> =>
  (await runAlone<{ perSecond: number }>("projection/way.ts", way, PERMISSIONS)).perSecond;

/** Each way loads its own code, as what one loads might change kafkajs for another. */
async function main(way: Way): Promise<number> {
  const { name, settings, messages } = way;
  if (name === "unguarded") return (await import("./unguarded.ts")).runUnguarded(settings, way.topic);
  if (name === "single") return (await import("./single.ts")).runSingle(settings.MYSQL_URL!, way.database, way.topic);
  return (await import("./service.ts")).runService(name, settings, messages);
}

if (import.meta.main) console.log(JSON.stringify({ perSecond: await main(JSON.parse(Deno.args[0]!)) }));
