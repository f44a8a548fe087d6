import { eventually } from "@/tests/support/eventually.ts";
import type { Crowd, Seen, Visitor } from "./main.ts";
import type { Count } from "./tally.ts";

export interface Strangers {
  count(): Count;
  /** Milliseconds that each visit has taken. */
  tookMs(): number[];
  /** Begins to count visits again. */
  forget(): void;
  stop(): Promise<void>;
}

/** Starts strangers in a process of their own; resolves when they are at it. */
export async function startStrangers(options: Crowd | Visitor): Promise<Strangers> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--config", "tests/deno.json"].concat(
      ["--allow-net", "tests/faults/strangers/main.ts", JSON.stringify(options)],
    ),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  let count: Count | undefined;
  const all: number[] = [];
  const ended = (async () => {
    let rest = "";
    for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const { tookMs, ...seen }: Seen = JSON.parse(line);
        count = seen;
        all.push(...tookMs);
      }
    }
  })();
  await eventually(() => count !== undefined);
  return {
    count: () => count!,
    tookMs: () => all,
    forget: () => void all.splice(0),
    async stop() {
      child.kill("SIGKILL");
      await child.status;
      await ended;
    },
  };
}
