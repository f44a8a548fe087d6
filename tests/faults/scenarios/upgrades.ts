import { killAll, start } from "@/tests/support/processes/processes.ts";
import type { Scenario } from "../scenario.ts";
import type { Way } from "@/tests/faults/world/servers.ts";
import type { World } from "@/tests/faults/world/world.ts";
import { until } from "@/tests/faults/evidence/process_checks.ts";
import { planted } from "./letters.ts";

/** How long a process may take to start, or to refuse to. */
const PATIENCE_MS = 30_000;
const SERVICES = ["trend", "recommendation", "web"];

/** Starts a process of the version before on what the new one has stored: it runs, or refuses with words. */
async function goBack({ before, measure, breach, sleep }: World): Promise<void> {
  for (const service of SERVICES) {
    const { env, program } = before(service);
    const process = start(service as Way, env, { program });
    const runs = () => process.out().includes("ready");
    for (let waited = 0; waited < PATIENCE_MS && !process.isOver() && !runs(); waited += 100) await sleep(100);
    const refuses = /use a newer program/.test(process.err());
    measure(`${service} of the version before`, runs() ? "runs on today's tables" : refuses ? "refuses them" : "fails");
    if (!runs() && !refuses) breach("I13", "a version before fails without words", `${service}: ${process.err()}`);
    await killAll([process]);
  }
}

export const UPGRADES: Scenario[] = [
  {
    id: "F49",
    title: "every process of the version before is replaced by one of this version, under load",
    how:
      "Both versions run side by side for a while, service by service in any order; what the old one has not sent, and dead letters " +
      "that it has parked, are left to the new one. Then the old one is started on what the new one has stored.",
    needs: ["version before"],
    invariants: ["I1", "I3", "I4", "I7", "I11", "I13"],
    members: SERVICES.map((name) => ({ name, before: true })),
    async run(world) {
      const { random, services, servers, topics, member, sleep, say, doors, planted: list } = world;
      const unusable = planted(0);
      list.push(...unusable);
      await topics.append(unusable.map(({ message }) => message));
      await sleep(2_000);
      const places = new Map(SERVICES.map((name) => [name, random.next()]));
      for (const name of SERVICES.toSorted((a, b) => places.get(a)! - places.get(b)!)) {
        const isWeb = name === "web";
        await services.up(member(`${name}-2`));
        say(`${name}: both versions are there`);
        if (isWeb) doors.push("web-2");
        await sleep(random.int(2_000, 5_000));
        if (isWeb) servers.toKafka.web.set({ stall: { up: true, down: false } });
        await sleep(500);
        if (isWeb) doors.splice(0, doors.length, "web-2");
        if (random.chance(0.5)) await services.kill(name);
        else await services.stop(name);
        servers.toKafka.web.heal();
        say(`${name}: the version before is gone`);
        if (!isWeb) {
          await services.up(member(name));
          await services.stop(`${name}-2`);
        }
        await sleep(random.int(500, 2_000));
      }
      await until(world, () => world.calls.counts().ok > 1_000, 10_000);
      await goBack(world);
    },
  },
];
