import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./source_files.ts";

/** A configuration of Deno, as far as the tests look at it. */
type Configuration = {
  imports: Record<string, string>;
  compilerOptions: unknown;
  fmt: { lineWidth: number };
  lint: unknown;
};

/** `specifiers` lead from what a configuration names to a package; `npm` has every package with those it needs. */
type LockFile = {
  specifiers: Record<string, string>;
  npm: Record<string, { integrity: string; dependencies?: string[] }>;
};

export const configuration = (folder: string): Configuration => read(folder, "deno.json");
export const lockFile = (folder: string): LockFile => read(folder, "deno.lock");

const read = <T>(folder: string, file: string): T => JSON.parse(readFileSync(join(ROOT, folder, file), "utf8")) as T;

/** The packages, each once, that the npm packages among the imports bring: themselves and all that they need in turn. */
export function findPackages(imports: Record<string, string>, lock: LockFile): string[] {
  const found = new Set<string>();
  const open = Object.values(imports).filter((target) => target.startsWith("npm:")).map((target) => {
    const [, name, version] = /^npm:\/?((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target)!;
    return `${name}@${lock.specifiers[`npm:${name}@${version}`]}`;
  });
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    const locked = lock.npm[key];
    if (locked === undefined) throw new Error(`the lock file has no package ${key}`);
    found.add(key);
    open.push(...(locked.dependencies ?? []).map((named) => keyOf(named, lock)));
  }
  return [...found].sort();
}

/** A dependency stands without its version where the lock file has only one, and after `@npm:` where it has an alias. */
function keyOf(named: string, { npm }: LockFile): string {
  const name = named.replace(/^.+@npm:/, "");
  if (name in npm) return name;
  const keys = Object.keys(npm).filter((key) => key.startsWith(`${name}@`) || key.startsWith(`${name}_`));
  if (keys.length !== 1) throw new Error(`the lock file has ${keys.length} packages for ${named}, wanted 1`);
  return keys[0]!;
}
