/** The processor time of processes of this machine, a database's server among them. */
import { cpuUsage } from "node:process";
import { createConnection } from "mysql2";

/** The kernel counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Seconds of a processor that a process has used since it started. Read by another program, as Deno lets none look into /proc. */
export async function secondsOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/stat`] }).output();
  const fields = new TextDecoder().decode(stdout).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The process of the database server behind a URL, where it runs on this machine. Its time is that of all who use it. */
export async function serverPid(url: string): Promise<number | undefined> {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query("SELECT @@datadir AS folder, @@pid_file AS file");
    const { folder, file } = (rows as { folder: string; file: string }[])[0]!;
    return Number(await Deno.readTextFile(file.startsWith("/") ? file : folder + file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await connection.end();
  }
}

/** Measures from now on what this process and a server use for each of so many events, in microseconds. */
export async function startStopwatch(server: number | undefined) {
  const [own, others] = [cpuUsage(), server === undefined ? 0 : await secondsOf(server)];
  return async (events: number): Promise<Record<string, number>> => {
    const { user, system } = cpuUsage(own);
    const used = { "this process": (user + system) / events };
    return server === undefined ? used : { ...used, server: (await secondsOf(server) - others) / events * 1e6 };
  };
}
