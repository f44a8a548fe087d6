import type { startMariadb, startMysql } from "@/tools/servers/databases.ts";
import type { startKafka } from "@/tools/servers/kafka.ts";

type Options = {
  mariadb: Parameters<typeof startMariadb>[1];
  mysql: Parameters<typeof startMysql>[1];
  kafka: Parameters<typeof startKafka>[1];
};
export type OwnServer = {
  pid: number;
  port: number;
  /** The ports of Kafka's listeners. */
  listeners: Record<string, number>;
  close(): Promise<void>;
};

/** Starts a server for one test, by a process with all permissions. Throws with its output when it fails. */
export async function startOwnServer<Kind extends keyof Options>(
  kind: Kind,
  folder: string,
  options: Options[Kind],
): Promise<OwnServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-all",
      "tests/support/processes/serve.ts",
      kind,
      folder,
      JSON.stringify(options),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await lines.read();
  const close = async () => {
    await child.stdin.close();
    await lines.cancel();
    await child.status;
  };
  if (value === undefined) {
    await close();
    throw new Error(`${kind} did not start`);
  }
  const { pid, port, listeners = {} } = JSON.parse(value);
  return { pid, port, listeners, close };
}
