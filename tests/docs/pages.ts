import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Every page, by its path from the root. */
export const PAGES: string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];

/** The part of a page under a heading (as it is written, with its `#`s), up to the next heading of that level or above. */
export function section(page: string, heading: string): string {
  const lines = text(page).split("\n");
  const from = lines.indexOf(heading);
  if (from === -1) throw new Error(`${page} has no heading "${heading}"`);
  const level = /^#+/.exec(heading)![0].length;
  let fenced = false;
  const rest = lines.slice(from + 1);
  const to = rest.findIndex((line) => {
    if (line.startsWith("```")) fenced = !fenced;
    const hashes = /^#+(?= )/.exec(line)?.[0].length ?? Infinity;
    return !fenced && hashes <= level;
  });
  return rest.slice(0, to === -1 ? undefined : to).join("\n");
}

/**
 * The cells of every table row in a text, without the heads. A list whose items have named points (`  - here: …`) is read as a
 * table, too: the item is the first cell, each point another.
 */
export function rows(markdown: string): string[][] {
  return [...tableRows(markdown), ...listRows(markdown)];
}

function tableRows(markdown: string): string[][] {
  const lines = markdown.split("\n");
  return lines.filter((line, at) => line.startsWith("|") && !RULE.test(line) && !RULE.test(lines[at + 1] ?? "")).map((
    line,
  ) => line.slice(1, line.lastIndexOf("|")).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")));
}

function listRows(markdown: string): string[][] {
  const items = markdown.split(/^- /m).slice(1).map((item) => item.split(/\n(?! {2})/)[0]!);
  return items.filter((item) => POINT.test(item)).map((item) =>
    item.split(new RegExp(POINT, "m")).map((cell) => cell.replaceAll(/\s+/g, " ").trim())
  );
}
/** A named point of a list item. */
const POINT = /\n {2}- [^:\n]+: /;
const RULE = /^\|[\s|:-]+$/;

/** What stands in backticks. */
export const quoted = (markdown: string): string[] => [...markdown.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

/** The code blocks of a language. */
export const blocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1]!);

type Names = { in: string; names: Iterable<string> };
/** What each of two places has and the other lacks, a sentence for each: empty when they agree. */
export function differences(code: Names, page: Names): string[] {
  const [there, here] = [new Set(code.names), new Set(page.names)];
  return [
    ...[...there].filter((name) => !here.has(name)).map((name) => `${page.in} lacks ${name}, which ${code.in} has`),
    ...[...here].filter((name) => !there.has(name)).map((name) => `${page.in} has ${name}, which ${code.in} lacks`),
  ].sort();
}
