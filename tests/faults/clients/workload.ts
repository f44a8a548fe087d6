import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { actsOf } from "./acts.ts";
import type { Act } from "@/tests/oracle/calls.ts";
import type { Look } from "@/tests/oracle/evidence.ts";
import { createBookClient } from "./book_client.ts";
import type { Calls, TriedCall } from "./calls.ts";
import { produce } from "./commands.ts";
import type { Http } from "./http.ts";
import type { Random } from "@/application/shared/random.ts";

/** How much is asked of the suite, by how many clients at once. */
export type Load = {
  clients: number;
  books: number;
  readers: number;
  /** Acts in a request. */
  batch: [number, number];
  /** Milliseconds between a client's requests. */
  pause: [number, number];
  /** The share of acts that are about one reader and one book. */
  hot: number;
  /** A reader who is never erased, as the scenario needs what they do. */
  needed?: string;
};
export const LOAD: Load = { clients: 2, books: 30, readers: 150, batch: [5, 50], pause: [30, 90], hot: 0 };

export interface Workload {
  /** Adds the first books; all else begins after it. */
  prepare(): Promise<void>;
  start(): void;
  /** No client begins anything, until they all go on. */
  pause(): void;
  goOn(): void;
  /** Ends after asking once more about most of what had no answer. */
  stop(): Promise<void>;
  /** Acts over HTTP as one request. */
  send(acts: Act[]): Promise<void>;
  draw(): Act;
  books(): string[];
  /** What was seen of books. */
  looks(): Look[];
}

type WorkloadDeps = {
  random: Random;
  load: Load;
  calls: Calls;
  web: Http;
  append(messages: Outgoing[]): Promise<void>;
  /** Milliseconds since the start. */
  now(): number;
};

/** Clients of the suite, over HTTP and by commands on topics; each command has an id of its own. */
export function createWorkload({ random, load, calls, web, append, now }: WorkloadDeps): Workload {
  const dice = random.fork("clients");
  const client = createBookClient({ dice, calls, web, now });
  const { books } = client;
  const again: TriedCall[][] = [];
  let stopping = false;
  let producing: Promise<void> | undefined;
  let paused = false;
  let clients: Promise<unknown>[] = [];
  const readers = Array.from({ length: load.readers }, (_, at) => `r${at}`);
  const draw = actsOf(random.fork("acts"), load.hot, readers, books);

  async function sendActs(batch: TriedCall[]): Promise<void> {
    const answered = await recordActs(batch, { calls, web });
    if (!answered && dice.chance(0.7)) again.push(batch);
  }
  const send = (acts: Act[]) => sendActs(acts.map((act) => calls.begin("http", { kind: "act", act })));

  /** Does something again and again. */
  async function repeat(once: () => Promise<void>): Promise<void> {
    while (!stopping) {
      while (paused && !stopping) await pause(20);
      await once();
      await pause(dice.int(...load.pause));
    }
  }

  async function command(): Promise<void> {
    const turn = dice.next();
    const waiting = turn < 0.4 ? again.shift() : undefined;
    if (waiting !== undefined) await sendActs(waiting);
    else if (turn < 0.72) await send(Array.from({ length: dice.int(...load.batch) }, draw));
    else if (turn < 0.82) {
      producing ??= produce({ dice, calls, append, draw, books }).finally(() => producing = undefined);
    } else if (turn < 0.92) await client.change(false);
    else if (turn < 0.95) await client.race();
    else if (turn < 0.97) await client.add(`n${calls.all().length}`);
    else if (turn < 0.98 && books.length > load.books / 2) await client.change(true);
    else if (turn < 0.99) {
      const at = dice.int(0, readers.length - 1);
      const reader = readers[at]!;
      if (reader === load.needed) return;
      await eraseReader(reader, { calls, web });
      // What an erased reader did before is refused. Half of them are followed by another one, so that a long run keeps its rate.
      if (dice.chance(0.5)) readers[at] = `r${calls.all().length}`;
    }
  }

  return {
    async prepare() {
      for (let at = 0; at < load.books; at++) await client.add(`b${at}`);
      if (books.length < load.books) throw new Error(`only ${books.length} of ${load.books} first books were taken`);
    },
    start() {
      clients = [...Array.from({ length: load.clients }, () => repeat(command)), repeat(client.look)];
    },
    pause: () => void (paused = true),
    goOn: () => void (paused = false),
    async stop() {
      stopping = true;
      await Promise.all(clients);
      await producing;
      for (const batch of again.splice(0)) await sendActs(batch);
    },
    send,
    draw,
    books: () => books,
    looks: client.looks,
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

type Asking = Pick<WorkloadDeps, "calls" | "web">;

/** Sends acts as one request; says whether there was an answer. */
async function recordActs(batch: TriedCall[], { calls, web }: Asking): Promise<boolean> {
  const items = batch.map(({ id, did }) => ({ ...(did.kind === "act" ? did.act : {}), id }));
  const answer = await web("POST", "/v1/events", items);
  if (answer === undefined) {
    calls.end(batch, "unknown");
    return false;
  }
  const { rejected = [] } = answer.body as { rejected?: { index: number }[] };
  const refused = new Set(answer.status === 202 ? rejected.map(({ index }) => index) : batch.keys());
  calls.end(batch.filter((_, at) => !refused.has(at)), "ok");
  if (refused.size > 0) calls.end(batch.filter((_, at) => refused.has(at)), "refused");
  return true;
}

async function eraseReader(reader: string, { calls, web }: Asking): Promise<void> {
  const call = calls.begin("http", { kind: "erase", reader });
  const answer = await web("DELETE", `/v1/readers/${reader}`);
  calls.end([call], answer === undefined ? "unknown" : answer.status === 204 ? "ok" : "refused");
}
