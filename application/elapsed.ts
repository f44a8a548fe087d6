import type { Clock } from "./ports.ts";

/** The time since `then`. A clock that was set back makes it long ago, so that nobody waits until it has caught up. */
export const elapsedMs = (clock: Pick<Clock, "now">, then: number): number => Math.abs(clock.now() - then);
