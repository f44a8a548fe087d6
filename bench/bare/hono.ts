/**
 * A bare Hono route with a constant answer, in a process of its own. With `requests` it answers them without a socket and prints
 * how many it does in a second; else it listens, and prints where, until it is killed.
 */
import { Hono } from "hono";
import { perSecond, timed } from "@/bench/report.ts";
import { runAlone } from "./run.ts";

type Options = { body: unknown; requests?: number };

/** Requests a second that a bare route answers without a socket. */
export const runHono = async (body: unknown, requests: number): Promise<number> =>
  (await runAlone<{ perSecond: number }>("bare/hono.ts", { body, requests }, [])).perSecond;

/** A bare route that listens. */
export async function startHono(body: unknown): Promise<{ url: string; stop(): Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-net=127.0.0.1", "bench/bare/hono.ts"].concat(
      JSON.stringify({ body }),
    ),
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: line = "" } = await reader.read();
  const stop = async () => {
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  };
  return { url: JSON.parse(line).url, stop };
}

async function main({ body, requests }: Options): Promise<void> {
  const app = new Hono();
  app.get("/v1/books/:id", (context) => context.json(body));
  if (requests === undefined) {
    const onListen = ({ port }: { port: number }) => console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen }, (request) => app.fetch(request));
    return;
  }
  const answer = async () => {
    for (let at = 0; at < requests; at++) {
      await (await app.fetch(new Request(`http://bench.test/v1/books/${at % 5_000 + 1}`))).arrayBuffer();
    }
  };
  await answer();
  console.log(JSON.stringify({ perSecond: perSecond(requests, await timed(answer)) }));
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]!));
