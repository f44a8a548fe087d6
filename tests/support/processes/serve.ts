/** `serve.ts mariadb|mysql|kafka FOLDER OPTIONS`: a server that ends when standard input does. Prints its address as JSON. */
import { startMariadb, startMysql } from "@/tools/servers/databases.ts";
import { startKafka } from "@/tools/servers/kafka.ts";
import { end } from "@/tools/servers/processes.ts";

const [kind, folder, options] = Deno.args;
const given = JSON.parse(options ?? "");
const starts = { kafka: startKafka, mariadb: startMariadb, mysql: startMysql };
const { process, ...server } = await starts[kind as keyof typeof starts](folder!, given);
try {
  console.log(JSON.stringify({ ...server, pid: process.pid }));
  await new Response(Deno.stdin.readable).arrayBuffer();
} finally {
  await end(process);
}
