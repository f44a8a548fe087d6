import type { Life } from "@/tests/faults/simulated/world/scheduler.ts";
import { cut } from "@/tests/faults/simulated/world/server.ts";
import type { World } from "@/tests/faults/simulated/world/world.ts";

/** Two clocks differ by less than the five minutes from which on an event is from the future. */
const MOST_SKEW = 2 * 60_000;

/** What goes wrong at a step, besides what the simulated stores and the log do by themselves. Sees the life whose turn it is. */
export function createNemesis(world: World): (life: Life) => void {
  const { faults, scheduler, servers, broker } = world;
  const random = world.random.fork("nemesis");

  function pause(life: Life): void {
    life.paused = true;
    const milliseconds = 500 + random.below(12_000);
    scheduler.after(milliseconds, () => {
      life.paused = false;
    });
    // A server gives up a session that is not heard of, and with it the transaction at hand.
    scheduler.after(
      Math.min(milliseconds, 4_000),
      () => life.paused && Object.values(servers).forEach((server) => cut(server, life)),
    );
    for (const member of broker.members) {
      if (member.life === life) scheduler.after(3_000, () => life.paused && member.consumer.expel());
    }
  }

  function outage(part: { down: boolean }): void {
    part.down = true;
    scheduler.after(100 + random.below(4_000), () => {
      part.down = false;
    });
  }

  return (life) => {
    // What is not a process of the suite (clients, the log itself) has no faults of its own.
    if (world.lives.get(life.name) !== life) return;
    if (faults.strike("crash", life.name)) {
      world.tell?.(life.name, "crash");
      life.crash();
    } else if (faults.strike("pause", life.name)) {
      world.tell?.(life.name, "pause");
      pause(life);
    }
    if (broker.members.size > 0 && faults.strike("expelled", "a member")) {
      random.pick([...broker.members]).consumer.expel();
    }
    if (faults.strike("clockJump", life.name)) {
      life.skewMs = random.chance(0.5) ? random.below(2 * MOST_SKEW) - MOST_SKEW : random.below(2_000) - 1_000;
    }
    if (faults.strike("storeOutage", "a store")) outage(random.pick(Object.values(servers)));
    if (faults.strike("logOutage", "the log")) outage(broker);
  };
}
