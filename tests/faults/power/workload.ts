import { join } from "node:path";
import type { Random } from "@/application/shared/random.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready } from "@/tests/support/processes/processes.ts";

/** What was asked of the suite. `answered`: how long the trace was when the answer was there; undefined without a good one. */
export type Asked =
  & { sent: number; answered?: number }
  & (
    | { kind: "book"; id: string; version: number; title: string }
    | { kind: "act"; reader: string; book: string }
    | { kind: "erase"; reader: string }
  );

const TOKEN = "token-of-the-power-cuts";
const WORKERS = 4;
/** So much text that a file is written back from its log now and then. */
const DESCRIPTION = "The quick brown fox jumps over the lazy dog. ".repeat(60);

type Options = { folder: string; library: string; random: Random; lastsMs: number };

/** Lets readers and a shop work with an embedded suite whose writes are traced. It is stopped and started in between. */
export async function traceSuite({ folder, library, random, lastsMs }: Options) {
  const [data, trace] = [join(folder, "data"), join(folder, "trace")];
  const env = {
    DATA_DIR: data,
    ADMIN_TOKEN: TOKEN,
    SAMPLE_CATALOGUE: "off",
    // Nothing is refused because the machine has other work.
    REQUESTS_WAITING_MS: "60000",
    LD_PRELOAD: library,
    POWER_FOLDER: data,
    POWER_TRACE: trace,
  };
  const asked: Asked[] = [];
  const size = () => Deno.statSync(trace).size;
  const titles = new Map<string, number>();
  let made = 0;
  for (const [at, signal] of (["SIGKILL", "SIGTERM"] as const).entries()) {
    const suite = await ready("suite", env);
    try {
      const until = performance.now() + lastsMs / 2;
      const workers = Array.from(
        { length: WORKERS },
        (_, worker) => work(suite, random.fork(`${at}-${worker}`), until),
      );
      await Promise.all(workers);
      suite.signal(signal);
      await suite.ended();
    } finally {
      await killAll([suite]);
    }
  }
  return { asked, trace };

  async function work(suite: Started, dice: Random, until: number): Promise<void> {
    const web = suite.url("web");
    const own: string[] = [];
    const readers: string[] = [];
    const ask = async (one: Asked[], method: string, path: string, body?: unknown, version?: number) => {
      asked.push(...one);
      const response = await fetch(web + path, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
          ...(version === undefined ? {} : { "if-match": `"${version}"` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
      for (const item of one) item.answered = size();
    };
    while (performance.now() < until) {
      const draw = dice.next();
      if (own.length === 0 || draw < 0.3) {
        const id = `b${++made}`;
        const book: Asked = { kind: "book", sent: size(), id, version: 1, title: `Book ${id}` };
        await ask([book], "POST", "/v1/books", { id, title: book.title, description: DESCRIPTION });
        own.push(id);
        titles.set(id, 1);
      } else if (draw < 0.5) {
        const id = dice.pick(own);
        const before = titles.get(id)!;
        const book: Asked = { kind: "book", sent: size(), id, version: before + 1, title: `Book ${id}.${before + 1}` };
        await ask([book], "PUT", `/v1/books/${id}`, { title: book.title, description: DESCRIPTION }, before);
        titles.set(id, before + 1);
      } else if (draw < 0.55 && readers.length > 0) {
        const reader = readers.shift()!;
        await ask([{ kind: "erase", sent: size(), reader }], "DELETE", `/v1/readers/${reader}`);
      } else if (draw < 0.65) {
        // Recorded by a commit that does not wait for the disk, between those that do.
        await ask([], "GET", `/v1/books?q=book+${++made}`);
      } else {
        const acts = Array.from({ length: dice.int(1, 5) }, (): Asked & { kind: "act" } => ({
          kind: "act",
          sent: size(),
          reader: `r${++made}`,
          book: dice.pick(own),
        }));
        const body = acts.map(({ reader, book }) => ({ type: "shelved", shelf: "read", reader, book }));
        await ask(acts, "POST", "/v1/events", body);
        readers.push(acts[0]!.reader);
      }
    }
  }
}
