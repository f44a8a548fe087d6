/**
 * Strangers who ask too much of services, and somebody who only wants an answer. They are a process of their own, so that nobody
 * who looks on is slowed down by them. What they have met with is printed each second, as a line of JSON.
 */
import { createRandom } from "@/application/shared/random.ts";
import { open } from "./connection.ts";
import { type HabitName, HABITS } from "./habits.ts";
import { type Count, createTally, type Tally } from "./tally.ts";

/** Strangers by what they do. */
export type Habits = Partial<Record<HabitName, number>>;
export type Crowd = {
  habits: Habits;
  ports: number[];
  /** How many of them share an address. */
  perAddress: number;
  /** Milliseconds until one whose connection has ended makes another one. */
  pauseMs: [number, number];
  seed: number;
};
export type Visitor = { visits: string[]; everyMs: number };
/** What is printed; `tookMs`: of each visit since the line before. */
export type Seen = Count & { tookMs: number[] };

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const tally = createTally();
const tookMs: number[] = [];
const options: Crowd | Visitor = JSON.parse(Deno.args[0]!);
if ("visits" in options) visit(options);
else crowd(options, tally);
for (;;) {
  await pause(1_000);
  const seen: Seen = { ...tally.count(), tookMs: tookMs.splice(0) };
  console.log(JSON.stringify(seen));
}

/** All come at once, each again and again. */
function crowd({ habits, ports, perAddress, pauseMs, seed }: Crowd, tally: Tally): void {
  const strangers = Object.entries(habits).flatMap(([name, count]) => Array<HabitName>(count).fill(name as HabitName));
  const random = createRandom(seed);
  strangers.forEach(async (name, at) => {
    const own = random.fork(`${name}${at}`);
    const host = Math.floor(at / perAddress) + 1;
    const from = `127.20.${host >> 8}.${host & 255}`;
    for (;;) {
      const connection = await open({ port: own.pick(ports), from }, tally);
      if (connection !== undefined) {
        await HABITS[name](connection, own);
        connection.close();
      }
      await pause(own.int(...pauseMs));
    }
  });
}

/** Asks one after the other, each on a connection of its own. */
async function visit({ visits, everyMs }: Visitor): Promise<void> {
  for (let at = 0;; at++) {
    const from = performance.now();
    try {
      const response = await fetch(visits[at % visits.length]!, {
        headers: { "sec-purpose": "prefetch", connection: "close" },
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      tally.noteStatus(response.status);
      if (response.status !== 200) tally.count().odd ??= `${response.status} ${text.slice(0, 200)}`;
    } catch {
      tally.noteRefusal();
    }
    tookMs.push(performance.now() - from);
    await pause(everyMs);
  }
}
