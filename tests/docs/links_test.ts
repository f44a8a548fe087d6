import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { differences, PAGES, quoted, ROOT, rows, text } from "./pages.ts";

/** What a page's headings are called in links, as GitHub makes it. */
const anchors = (page: string): string[] =>
  [...text(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );

describe("the documents", () => {
  it("are all named by docs/README.md, and that by the README", () => {
    const index = "docs/README.md";
    const named = [...text(index).matchAll(/\]\(([^)#]+\.md)\)/g)].map((match) => join("docs", match[1]!));
    const wanted = PAGES.filter((page) => page !== "README.md" && page !== index);
    expect(differences({ in: "the project", names: wanted }, { in: index, names: named })).toEqual([]);
    expect(text("README.md")).toContain(`](${index})`);
  });

  it("name every task in docs/commands.md, and no other", () => {
    const page = "docs/commands.md";
    const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, unknown> };
    const named = rows(text(page)).flatMap(([names]) => quoted(names!));
    expect(differences({ in: "deno.json", names: Object.keys(tasks) }, { in: page, names: named })).toEqual([]);
  });

  it("link only to files that exist", () => {
    const broken = PAGES.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => join(dirname(page), match[1]!)).filter((
        target,
      ) => !existsSync(join(ROOT, target))).map((target) => `${page} links to ${target}, which is not there`)
    );
    expect(broken).toEqual([]);
  });

  it("link only to headings that exist", () => {
    const broken = PAGES.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)].flatMap(([, path, anchor]) => {
        const target = path === "" ? page : join(dirname(page), path!);
        if (!target.endsWith(".md") || anchors(target).includes(anchor!)) return [];
        return [`${page} links to ${target}#${anchor}, which is not there`];
      })
    );
    expect(broken).toEqual([]);
  });

  it("name only tasks that exist, and the README names the Deno that the checks use", () => {
    const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, unknown> };
    const named = PAGES.flatMap((page) =>
      [...text(page).matchAll(/\bdeno(?:@[\d.]+)? task ([a-z-]+)/g)].map((match) => match[1]!)
    );
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(Object.keys(tasks)).toContain(name);
    expect(/deno@([\d.]+) task start/.exec(text("README.md"))?.[1]).toBe(/deno@([\d.]+)/.exec(text(".ci/run"))?.[1]);
  });

  it("have no line over 200 characters", () => {
    const long = PAGES.filter((page) => page !== "CHANGELOG.md").flatMap((page) =>
      text(page).split("\n").flatMap((line, at) => line.length > 200 ? [`${page}:${at + 1}: ${line.length}`] : [])
    );
    expect(long).toEqual([]);
  });

  it("every package is pinned to an exact version", () => {
    for (const file of ["deno.json", "tests/deno.json"]) {
      const { imports } = JSON.parse(text(file)) as { imports: Record<string, string> };
      const packages = Object.values(imports).filter((target) => target.startsWith("npm:"));
      expect(packages.length).toBeGreaterThan(5);
      for (const target of packages) expect(target).toMatch(/@\d+\.\d+\.\d+(\/|$)/);
    }
  });
});
