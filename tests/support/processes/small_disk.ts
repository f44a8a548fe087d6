import { join } from "node:path";

/** A small file system that a test can fill. */
interface SmallDisk {
  folder: string;
  /** Fills it. */
  fill(): void;
  /** Frees the space again. */
  free(): void;
  remove(): Promise<void>;
}

/** Mounts a file system in memory, or returns why this user may not. */
export async function smallDisk(megabytes: number): Promise<SmallDisk | string> {
  const folder = await Deno.makeTempDir();
  const run = async (command: string, ...args: string[]): Promise<string | undefined> => {
    const { success, stderr } = await new Deno.Command(command, { args, stderr: "piped", stdout: "null" }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  };
  const refused = await run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder)
    .catch((error: Error) => error.message);
  if (refused !== undefined) {
    await Deno.remove(folder);
    return refused;
  }
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const file = Deno.openSync(filler, { create: true, append: true });
      const block = new Uint8Array(4_096);
      try {
        for (;;) file.writeSync(block);
      } catch {
        // It is full.
      }
      file.close();
    },
    free: () => Deno.removeSync(filler),
    async remove() {
      await run("umount", folder);
      await Deno.remove(folder);
    },
  };
}
