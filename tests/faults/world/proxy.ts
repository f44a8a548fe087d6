import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Random } from "@/application/shared/random.ts";
import type { Requests } from "./requests.ts";

/** What is wrong with the way between clients and a server. `up` is from the client to the server. */
type Faults = {
  /** New connections are reset at once. */
  refuse: boolean;
  /** Milliseconds that each piece waits, and how much more by chance. */
  latency: number;
  jitter: number;
  /** Nothing is passed on, but nothing is closed either: packets vanish. */
  stall: { up: boolean; down: boolean };
  /** Bytes in a piece; 0 for as they come. */
  slice: number;
};
const NONE: Faults = { refuse: false, latency: 0, jitter: 0, stall: { up: false, down: false }, slice: 0 };

/** Loses the answer to the n-th request of a kind from now on, and what comes after it on that connection. */
type Loss = { requests: () => Requests; nth: number; then: "reset" | "silence" };

export interface Proxy {
  port: number;
  /** The port of the server behind. */
  target(port: number): void;
  set(faults: Partial<Faults>): void;
  /** Ends every connection there is with a reset; says how many there were. */
  reset(): number;
  lose(loss: Loss): void;
  /** Everything passes again. What was lost stays lost. */
  heal(): void;
  /** `held`: pieces that a stall keeps back now. */
  stats(): { open: number; accepted: number; lost: number; held: number };
  close(): Promise<void>;
}

/** A TCP proxy on loopback that does to connections what networks do. */
export async function createProxy(random: Random): Promise<Proxy> {
  let to = 0;
  let faults = NONE;
  let loss: Counted | undefined;
  let changed = Promise.withResolvers<void>();
  const links = new Set<{ reset(): void }>();
  const count = { accepted: 0, lost: 0, held: 0 };

  const change = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  const state: State = { random, faults: () => faults, changed: () => changed.promise, count };

  function accept(client: Socket): void {
    client.on("error", () => {});
    if (faults.refuse) return void client.resetAndDestroy();
    count.accepted++;
    const server = connect(to, "127.0.0.1");
    server.on("error", () => {});
    const link = {
      reset() {
        client.resetAndDestroy();
        server.resetAndDestroy();
        links.delete(link);
      },
    };
    links.add(link);
    const answers = watchRequests(() => loss, () => void count.lost++);
    const up = carry(client, server, "up", state, answers.asked);
    const down = carry(server, client, "down", state, () => {
      const then = answers.lost();
      // The server has answered, so it has done what it was asked; the client never hears of it.
      if (then === "reset") link.reset();
      return then === undefined;
    });
    Promise.all([up, down]).catch(() => link.reset()).finally(() => links.delete(link));
  }

  const listener = createServer({ allowHalfOpen: false }, accept);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const reset = () => {
    const before = links.size;
    for (const link of links) link.reset();
    change();
    return before;
  };
  return {
    port: (listener.address() as AddressInfo).port,
    target: (port) => to = port,
    set(some) {
      faults = { ...faults, ...some };
      change();
    },
    reset,
    lose: (wanted) => loss = { ...wanted, seen: 0 },
    heal() {
      faults = NONE;
      loss = undefined;
      change();
    },
    stats: () => ({ open: links.size, ...count }),
    async close() {
      reset();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

type Counted = Loss & { seen: number };
type State = { random: Random; faults(): Faults; changed(): Promise<void>; count: { held: number } };

/** Counts the requests of a connection, and says what becomes of the answers once the one to be lost was asked for. */
function watchRequests(loss: () => Counted | undefined, onLost: () => void) {
  let watched: { loss: Counted; begins: Requests } | undefined;
  let lost: Loss["then"] | undefined;
  return {
    lost: () => lost,
    asked(chunk: Uint8Array): boolean {
      const wanted = loss();
      if (wanted === undefined) return true;
      if (watched?.loss !== wanted) watched = { loss: wanted, begins: wanted.requests() };
      if (watched.begins(chunk) && ++wanted.seen === wanted.nth) {
        lost = wanted.then;
        onLost();
      }
      return true;
    },
  };
}

/** Passes on what comes until it ends. Rejects when one of the two ends breaks. */
async function carry(
  from: Socket,
  into: Socket,
  way: "up" | "down",
  { random, faults, changed, count }: State,
  pass: (chunk: Uint8Array) => boolean,
): Promise<void> {
  for await (const chunk of from as AsyncIterable<Uint8Array>) {
    if (!pass(chunk)) continue;
    const { slice } = faults();
    const size = slice === 0 ? chunk.length : slice;
    for (let at = 0; at < chunk.length; at += size) {
      const { latency, jitter } = faults();
      const wait = latency + random.next() * jitter;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      count.held++;
      while (faults().stall[way] && !from.destroyed) await changed();
      count.held--;
      await new Promise<void>((resolve, reject) =>
        into.write(chunk.subarray(at, at + size), (error) => error ? reject(error) : resolve())
      );
    }
  }
  into.end();
}
