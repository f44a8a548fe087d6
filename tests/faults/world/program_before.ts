import { join } from "node:path";
import { run } from "@/tools/servers/processes.ts";

/**
 * Unpacks the program of the version before from the repository's history into a folder. `ref`: a commit or tag; the newest tag
 * before this commit where missing. Undefined where the history has no tag.
 */
export async function unpackBefore(ref: string | undefined, folder: string): Promise<string | undefined> {
  const wanted = ref ?? (await git(["describe", "--tags", "--abbrev=0", "HEAD~1"]).catch(() => undefined))?.trim();
  if (wanted === undefined) return undefined;
  const program = join(folder, "before");
  const archive = join(folder, "before.tar");
  await git(["archive", "--output", archive, wanted]);
  await Deno.mkdir(program);
  await run("tar", ["-xf", archive, "-C", program]);
  return program;
}

const git = (args: string[]): Promise<string> => run("git", args);
