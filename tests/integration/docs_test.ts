import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md"];
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the documents", () => {
  it("link only to files that exist", () => {
    const broken = PAGES.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => join(dirname(page), match[1]!)).filter((
        target,
      ) => !existsSync(join(ROOT, target)))
    );
    expect(broken).toEqual([]);
  });

  it("name only tasks that exist, and the README names the Deno that the checks use", () => {
    const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, unknown> };
    const named = PAGES.flatMap((page) =>
      [...text(page).matchAll(/deno@[\d.]+ task ([a-z-]+)/g)].map((match) => match[1]!)
    );
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(Object.keys(tasks)).toContain(name);
    expect(/deno@([\d.]+) task start/.exec(text("README.md"))?.[1]).toBe(/deno@([\d.]+)/.exec(text(".ci/run"))?.[1]);
  });

  it("every package is pinned to an exact version", () => {
    const { imports } = JSON.parse(text("deno.json")) as { imports: Record<string, string> };
    const packages = Object.values(imports).filter((target) => target.startsWith("npm:"));
    expect(packages.length).toBeGreaterThan(5);
    for (const target of packages) expect(target).toMatch(/@\d+\.\d+\.\d+(\/|$)/);
  });
});
