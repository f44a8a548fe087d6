import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { configuration, findPackages, lockFile } from "./lock_files.ts";
import { sourceFiles } from "./source_files.ts";

const services = { ...configuration("."), lock: lockFile(".") };
const tests = { ...configuration("tests"), lock: lockFile("tests") };
const MAX_PACKAGES_AT_FIRST_START = 40;

/** What files import of packages, by the names that a configuration gives them. */
async function findImports(folders: RegExp): Promise<Set<string>> {
  const files = (await sourceFiles()).filter(({ path }) => folders.test(path));
  const imported = files.flatMap(({ text }) => [...text.matchAll(/(?:\bfrom|^import|\bimport\()\s*"([^"\s]+)"/gm)]);
  return new Set(imported.map((match) => match[1]!).filter((name) => !/^(@\/|\.|node:)/.test(name)));
}

/** The entry of the imports that leads to the name: itself, or one that ends with a slash. */
const entryOf = (name: string, imports: Record<string, string>): string | undefined =>
  Object.keys(imports).find((entry) => entry === name || (entry.endsWith("/") && name.startsWith(entry)));

describe("the packages of the services", () => {
  it("are those that the root configuration names, and no other", async () => {
    const named = [...await findImports(/^(domain|application|adapters|services)\//)];
    const entries = new Set(named.map((name) => entryOf(name, services.imports) ?? `${name}, which is missing`));
    expect([...entries].sort()).toEqual(Object.keys(services.imports).filter((entry) => entry !== "@/").sort());
  });

  it("are enough for tools and benchmarks", async () => {
    const named = [...await findImports(/^(tools|bench)\//)];
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((name) => entryOf(name, services.imports) === undefined)).toEqual([]);
  });

  it("are at most 40 with all that they need", () => {
    const packages = findPackages(services.imports, services.lock);
    expect(packages.length).toBeGreaterThan(10);
    expect(packages.length).toBeLessThanOrEqual(MAX_PACKAGES_AT_FIRST_START);
    // What only tests need would break the promise: this is how it would be seen.
    expect(findPackages(tests.imports, tests.lock).length).toBeGreaterThan(MAX_PACKAGES_AT_FIRST_START);
  });

  // `deno task` fetches whatever the lock file beside it names, used or not: https://github.com/denoland/deno/issues/28999
  it("are all that the root lock file names", () => {
    expect(Object.keys(services.lock.npm).sort()).toEqual(findPackages(services.imports, services.lock));
  });
});

describe("the packages of the tests", () => {
  it("are those of the services in the same versions, and more", () => {
    expect({ ...tests.imports, "@/": "./" }).toEqual(expect.objectContaining(services.imports));
    for (const [name, { integrity }] of Object.entries(services.lock.npm)) {
      expect([name, tests.lock.npm[name]?.integrity]).toEqual([name, integrity]);
    }
  });

  it("are all imported by tests", async () => {
    const named = [...await findImports(/^tests\//)];
    const entries = Object.keys(tests.imports).filter((entry) => !(entry in services.imports));
    expect(entries.length).toBeGreaterThan(3);
    expect(entries.filter((entry) => !named.some((name) => entryOf(name, tests.imports) === entry))).toEqual([]);
  });

  it("come with the compiler options and the habits of the root configuration", () => {
    const habits = ({ compilerOptions, fmt: { lineWidth }, lint }: typeof tests) => [compilerOptions, lineWidth, lint];
    expect(habits(tests)).toEqual(habits(services));
  });
});
