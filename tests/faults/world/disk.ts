import { join } from "node:path";
import { run } from "@/tools/servers/processes.ts";

/** A small disk of its own in memory, mounted on a folder, that can be filled up. */
export interface Disk {
  /** Fills it but for so many bytes. */
  fill(leave: number): Promise<void>;
  free(): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts a disk of a size such as `300m`. Rejects where this user may not mount. */
export async function mountDisk(folder: string, size: string): Promise<Disk> {
  await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  const filler = join(folder, "filler");
  return {
    async fill(leave) {
      const { stdout } = await new Deno.Command("df", { args: ["--output=avail", "-B1", folder] }).output();
      const free = Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
      // More than is free by now ends in an error, and a full disk, which is what is wanted.
      await run("fallocate", ["-l", String(Math.max(1, free - leave)), filler]).catch(() => {});
    },
    free: () => Deno.remove(filler),
    unmount: async () => void await run("umount", ["--lazy", folder]),
  };
}
