import type { Way } from "@/tests/faults/world/servers.ts";
import type { World } from "@/tests/faults/world/world.ts";

/** How often a process has joined a group so far, by its own log. */
export const joins = ({ services }: World, name: string): number =>
  services.log(name).split('"event":"group-joined"').length - 1;

/** A breach where a process joined its group again although it was only slow. */
export function wantNoJoin(world: World, name: string, before: number): void {
  const more = joins(world, name) - before;
  world.measure(`rebalances of ${name}`, more);
  if (more > 0) world.breach("I12", `${name} lost its membership while it only had to wait`, `${more} joins`);
}

/** A breach where a process said that it is ready in a time when it could not work (ms since the start). */
export function wantNotReady({ watch, breach }: World, name: string, from: number, to: number): void {
  const wrong = watch.sights().filter((one) => one.name === name && one.asked > from && one.told < to && one.ready);
  if (wrong.length > 0) {
    breach(
      "I16",
      `${name} said it was ready while it could not work`,
      wrong.map(({ told }) => `${Math.round(told)} ms`).join(" "),
    );
  }
}

/** Waits until something is so, at most so long; says whether it came to be. */
export async function until(
  { sleep, now }: World,
  is: () => boolean | Promise<boolean>,
  atMostMs: number,
): Promise<boolean> {
  for (const end = now() + atMostMs; now() < end;) {
    if (await is()) return true;
    await sleep(50);
  }
  return false;
}

/** A breach where HTTP had no yes for long in a time when only the broker was away. */
export function wantHttp({ calls, breach, now }: World, from: number): void {
  const { from: since, tookMs } = calls.longestSilence();
  if (since + tookMs > from && since < now() && tookMs > 5_000) {
    breach("I12", "HTTP did not outlive the broker", `${Math.round(tookMs)} ms without a yes`);
  }
}

/** Replays all dead letters of a service, as an operator does. */
export async function replay({ operate, say, breach }: World, service: Way = "trend"): Promise<void> {
  const { code, out, err } = await operate("dead-letters", ["replay", "--all", "--service", service], service);
  say(`replay: ${out.trim().split("\n").at(-1)}`);
  if (code !== 0) breach("I9", "a replay after the cause is gone failed", (out + err).trim().slice(-300));
}
