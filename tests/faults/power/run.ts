import { dirname, join } from "node:path";
import type { Random } from "@/application/shared/random.ts";
import { PROJECT } from "@/services/launch/child.ts";
import { PowerDisk } from "./disk.ts";
import { judge } from "./judge.ts";
import { recordsOf } from "./records.ts";
import { traceSuite } from "./workload.ts";

type Options = {
  folder: string;
  random: Random;
  cuts: number;
  lastsMs: number;
  /** Told after each cut what it broke. */
  onCut?: (at: number, broken: string[]) => void;
};
type PowerReport = {
  answered: number;
  records: number;
  broken: { cut: number; what: string[] }[];
};

/** The library that traces writes, made by the machine's compiler; or why it cannot be made here. */
export function buildTracer(folder: string): { library: string } | { missing: string } {
  const library = join(folder, "trace.so");
  const source = join(PROJECT, "tools/power_cuts/trace.c");
  try {
    const { success, stderr } = new Deno.Command("gcc", {
      args: ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"],
      stdout: "null",
      stderr: "piped",
    }).outputSync();
    return success ? { library } : { missing: `gcc refuses ${source}: ${new TextDecoder().decode(stderr)}` };
  } catch {
    return { missing: "there is no gcc (Debian's packages gcc and libc6-dev bring it)" };
  }
}

/**
 * Traces a suite on the embedded default at work, then cuts the power at places of the trace that are drawn, and starts a suite on
 * what each cut leaves.
 */
export async function cutPower(
  library: string,
  { folder, random, cuts, lastsMs, onCut }: Options,
): Promise<PowerReport> {
  const { asked, trace } = await traceSuite({ folder, library, random: random.fork("work"), lastsMs });
  const records = recordsOf(await Deno.readFile(trace));
  const places = Array.from({ length: cuts }, () => random.int(1, records.length)).sort((a, b) => a - b);
  const disk = new PowerDisk();
  const broken: PowerReport["broken"] = [];
  let applied = 0;
  for (const [at, place] of places.entries()) {
    while (applied < place) disk.apply(records[applied++]!);
    const left = join(folder, `cut-${at}`);
    writeFiles(left, disk.cut(random));
    const cut = records[place - 1]!.at;
    const what = await judge(left, asked, cut);
    if (what.length > 0) broken.push({ cut, what });
    onCut?.(at, what);
    if (what.length === 0) await Deno.remove(left, { recursive: true });
  }
  return {
    answered: asked.filter(({ answered }) => answered !== undefined).length,
    records: records.length,
    broken,
  };
}

function writeFiles(folder: string, files: Map<string, Uint8Array>): void {
  Deno.mkdirSync(folder);
  for (const [name, bytes] of files) {
    Deno.mkdirSync(dirname(join(folder, name)), { recursive: true });
    Deno.writeFileSync(join(folder, name), bytes);
  }
}
