import { join } from "node:path";

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

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
  return decoder.decode(stdout);
}
