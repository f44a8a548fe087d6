import { join } from "node:path";
import { text } from "@/tests/docs/pages.ts";
import { dropDatabases, SERVERS } from "./mysql.ts";
import { operate } from "@/tests/support/processes/processes.ts";

type Run = { code: number; out: string };
/** Stores that are dumped and put back by the commands of docs/restore.md. */
export type RestoreWorld = {
  name: string;
  env: Record<string, string>;
  dump(folder: string): Promise<void>;
  /** Puts back web alone. */
  restore(folder: string): Promise<void>;
  /** Runs a step of the page that is a task. */
  run(step: string): Promise<Run>;
  clear(): Promise<void>;
};

const PAGE = "docs/restore.md";

/** The commands of a step of the page. */
function commandsOf(step: string): string[] {
  const block = new RegExp(`^ *\`\`\`sh ${step}\\n([\\s\\S]*?)^ *\`\`\``, "m").exec(text(PAGE))?.[1];
  if (block === undefined) throw new Error(`${PAGE} has no step ${step}`);
  return block.trim().split("\n").map((line) => line.trim());
}

async function shell(command: string, cwd: string, env: Record<string, string>): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-ec", command], cwd, env }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}

async function runTask(step: string, env: Record<string, string>): Promise<Run> {
  const [, name, ...args] = /^deno task (\S+) ?(.*)$/.exec(commandsOf(step)[0]!)!;
  const all = [...args.join(" ").split(" ").filter(Boolean), "--json"];
  return await operate(name!, all, env);
}

export function createRestoreWorlds(): RestoreWorld[] {
  return [onSqlite(), ...SERVERS.map(({ name, url }) => onServer(name, url))];
}

function onSqlite(): RestoreWorld {
  const folder = Deno.makeTempDirSync();
  const env = { DATA_DIR: folder };
  return {
    name: "sqlite",
    env,
    dump: (into) => Deno.copyFile(join(folder, "web.db"), join(into, "web.db")),
    async restore(from) {
      for (const end of ["-wal", "-shm", ".sum"]) await Deno.remove(join(folder, `web.db${end}`)).catch(() => {});
      await Deno.copyFile(join(from, "web.db"), join(folder, "web.db"));
    },
    run: (step) => runTask(step, env),
    clear: () => Deno.remove(folder, { recursive: true }),
  };
}

function onServer(name: string, url: string): RestoreWorld {
  const folder = Deno.makeTempDirSync();
  const prefix = `t${crypto.randomUUID().slice(0, 8)}_`;
  const env = { DATA_DIR: folder, MYSQL_URL: url, MYSQL_PREFIX: prefix };
  const { hostname, port, username, password } = new URL(url);
  const options = `--host=${hostname} --port=${port} --user=${username}`;
  // A client of either kind speaks to both servers.
  const own = (command: string) =>
    command.replaceAll("bookstream_", prefix).replace(/^(mysqldump|mysql)/, `$1 ${options}`);
  const inShell = async (step: string, cwd: string) => {
    for (const command of commandsOf(step)) await shell(own(command), cwd, { MYSQL_PWD: password });
  };
  return {
    name,
    env,
    dump: (into) => inShell("dump", into),
    restore: (from) => inShell("restore", from),
    run: (step) => runTask(step, env),
    async clear() {
      await dropDatabases(url, ["web", "trend", "recommendation"].map((one) => prefix + one));
      await Deno.remove(folder, { recursive: true });
    },
  };
}
