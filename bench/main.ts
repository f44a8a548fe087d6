/**
 * `deno task bench [--books FILE] [embedded] [mysql] [mariadb] [backlog]`: rates and latencies, each beside its baseline in the same
 * run. Without a name all that this machine has the servers for; the backlog, which takes minutes, by its name only.
 */
import { cpus } from "node:os";
import { benchBacklog } from "./backlog.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchRelay } from "./relay.ts";
import { benchServers } from "./servers.ts";

const args = [...Deno.args];
const option = args.indexOf("--books");
const [, file] = option < 0 ? [] : args.splice(option, 2);
const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";
const servers = [["mysql", "MYSQL_URL"], ["mariadb", "MARIADB_URL"]] as const;
const wanted = (name: string) => args.length === 0 || args.includes(name);

console.log(`${cpus().length} cores, ${cpus()[0]?.model}, Deno ${Deno.version.deno}`);
if (wanted("embedded")) {
  await benchEmbedded(file);
  if (brokers !== "") await benchRelay("SQLite", brokers);
}
for (const [name, setting] of servers) {
  if (!wanted(name)) continue;
  const url = Deno.env.get(setting) ?? "";
  if (brokers !== "" && url !== "") {
    await benchServers(name, brokers, url);
    await benchRelay(name, brokers, url);
  } else {console.log(
      `\nleft out: Kafka and ${name} (deno task servers start prints the KAFKA_BROKERS and ${setting} it needs)`,
    );}
}
if (args.includes("backlog")) {
  for (const [name, setting] of servers) {
    const url = Deno.env.get(setting) ?? "";
    if (brokers !== "" && url !== "") await benchBacklog(name, brokers, url);
    else console.log(`\nbacklog on ${name} left out: no KAFKA_BROKERS or no ${setting}`);
  }
}
