import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { buildTracer, cutPower } from "@/tests/faults/power/run.ts";
import { createRandom } from "@/application/shared/random.ts";

const CUTS = Number(Deno.env.get("CUTS") ?? 8);
const SEED = Number(Deno.env.get("SEED") ?? 1);

describe("power cuts of the embedded default", () => {
  let folder = "";
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));
  const tracer = buildTracer(Deno.makeTempDirSync());

  it(
    "lose nothing that was answered and leave equal sets in all stores",
    { skip: "missing" in tracer ? tracer.missing : false },
    async () => {
      if ("missing" in tracer) return;
      const options = { folder, random: createRandom(SEED), cuts: CUTS, lastsMs: 4_000 };
      const { answered, broken } = await cutPower(tracer.library, options);
      expect(broken).toEqual([]);
      expect(answered).toBeGreaterThan(20);
    },
  );
});
