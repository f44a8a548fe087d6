import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export type SourceFile = { path: string; text: string };

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["domain", "application", "adapters", "services", "tools", "tests", "bench"];

/** Every TypeScript file of the project, by its path from the root. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const folder of FOLDERS) await collect(join(ROOT, folder), files);
  return files;
}

async function collect(folder: string, into: SourceFile[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) await collect(path, into);
    else if (/\.tsx?$/.test(entry.name)) into.push({ path: relative(ROOT, path), text: await Deno.readTextFile(path) });
  }
}
