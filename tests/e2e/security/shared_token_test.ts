import { join } from "node:path";
import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready } from "@/tests/support/processes/processes.ts";
import { WORLDS } from "@/tests/support/suites/worlds.ts";

for (const world of WORLDS) {
  const { name, suite, env } = world;
  if (suite) continue;
  describe(name, () => {
    const running: Started[] = [];
    after(async () => {
      await killAll(running);
      await world.clear();
    });

    it("have one admin token, that of their DATA_DIR, whichever of them is there first", async () => {
      for (const service of ["trend", "web", "recommendation"] as const) running.push(await ready(service, env));
      const token = (await Deno.readTextFile(join(env.DATA_DIR!, "admin-token"))).trim();
      for (const service of running) {
        const path = `${service.url()}/v1/operations/dead-letters`;
        const statusWith = async (token: string) => {
          const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
          await response.body?.cancel();
          return response.status;
        };
        expect([await statusWith(token), await statusWith(`${token}x`)]).toEqual([200, 401]);
      }
    });
  });
}
