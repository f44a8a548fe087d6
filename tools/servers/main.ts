/** `deno task servers start | stop | status [kafka mysql mariadb]`: real servers on loopback, for tests and development. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMariadb, startMysql } from "./databases.ts";
import { startKafka } from "./kafka.ts";
import { end, runs } from "./processes.ts";
import type { Server } from "./server.ts";

const FOLDER = join(tmpdir(), "bookstream-servers");
const STATE = join(FOLDER, "state.json");
const START: Record<string, (folder: string) => Promise<Server>> = {
  kafka: startKafka,
  mysql: startMysql,
  mariadb: startMariadb,
};

const known = (): Server[] => existsSync(STATE) ? JSON.parse(readFileSync(STATE, "utf8")) : [];
const remember = (servers: Server[]) => writeFileSync(STATE, JSON.stringify(servers));

/** Starts those that do not run yet; prints the settings of all that were asked for on standard output. */
async function start(names: string[]): Promise<void> {
  Deno.mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  const running = known().filter(({ process }) => runs(process));
  for (const name of names) {
    if (running.some((server) => server.name === name)) continue;
    const from = performance.now();
    const server = await START[name]!(Deno.makeTempDirSync({ dir: FOLDER, prefix: `${name}-` }));
    running.push(server);
    remember(running);
    console.error(
      `${name} ${server.version} answers on port ${server.port} after ${
        ((performance.now() - from) / 1000).toFixed(1)
      } s`,
    );
  }
  for (const { name, settings } of running) {
    if (names.includes(name)) { for (const [key, value] of Object.entries(settings)) console.log(`${key}=${value}`); }
  }
}

async function stop(): Promise<void> {
  for (const server of known()) {
    await end(server.process);
    console.error(`${server.name} has ended`);
  }
  if (existsSync(FOLDER)) Deno.removeSync(FOLDER, { recursive: true });
}

function status(): void {
  const servers = known();
  if (servers.length === 0) console.log("no servers");
  for (const { name, version, port, process } of servers) {
    console.log(`${name} ${version}: ${runs(process) ? `process ${process.pid}, port ${port}` : "has ended"}`);
  }
}

const USAGE = `deno task servers start [${Object.keys(START).join("|")}]… | stop | status

Real servers on free loopback ports for tests and development; start prints the settings that lead to them.`;
if (Deno.args.includes("--help")) {
  console.log(USAGE);
  Deno.exit(0);
}
const [act, ...asked] = Deno.args;
const unknown = asked.filter((name) => !(name in START));
if (!["start", "stop", "status"].includes(act ?? "") || unknown.length > 0) {
  console.error(
    `wanted start, stop or status, and after start any of ${Object.keys(START).join(", ")}; found ${
      Deno.args.join(" ") || "nothing"
    }`,
  );
  Deno.exit(1);
}
try {
  if (act === "start") await start(asked.length === 0 ? Object.keys(START) : asked);
  else if (act === "stop") await stop();
  else status();
} catch (error) {
  console.error(`bookstream servers: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
