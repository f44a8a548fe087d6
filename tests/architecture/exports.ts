import { resolvedFrom, type SourceFile, withoutComments } from "./source_files.ts";

const DECLARED =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(?:const|let|function\*?|class|type|interface|enum)\s+([\w$]+)/gm;
const LISTED = /^export\s+(?:type\s+)?\{([^}]*)\}/gm;
const FROM = /^(?:import|export)\s+(?:type\s+)?([^"';=()]*?)\s*from\s+"([^"\n]+)"/gm;
const WHOLE = /\bimport\(\s*"([^"\n]+)"/g;

/** `{ type A, B as C }` names A and B, and makes A and C known. */
const listed = (names: string, side: "here" | "there"): string[] =>
  names.split(",").map((one) => one.trim().replace(/^type\s+/, "").split(/\s+as\s+/)).flatMap((pair) =>
    (side === "there" ? pair[0] : pair.at(-1)) || []
  );

/** Names that a file exports and no other file asks for, each with its file. Ports are there for whoever may implement them. */
export function unusedExports(files: SourceFile[]): string[] {
  const used = new Set<string>();
  const codes = files.map(({ path, text }) => ({ path, code: withoutComments(text) }));
  for (const { path, code } of codes) {
    for (const [, names = "", from] of code.matchAll(FROM)) {
      const to = resolvedFrom(path, from!);
      const [, braced] = /\{([^}]*)\}/.exec(names) ?? [];
      if (braced === undefined) used.add(`${to}: *`);
      else for (const name of listed(braced, "there")) used.add(`${to}: ${name}`);
    }
    for (const [, from] of code.matchAll(WHOLE)) used.add(`${resolvedFrom(path, from!)}: *`);
  }
  return codes.flatMap(({ path, code }) => {
    if (used.has(`${path}: *`) || /^application\/.*\/ports\.ts$/.test(path)) return [];
    const names = [
      ...[...code.matchAll(DECLARED)].map(([, name]) => name!),
      ...[...code.matchAll(LISTED)].flatMap(([, names]) => listed(names!, "here")),
    ];
    return names.map((name) => `${path}: ${name}`).filter((one) => !used.has(one));
  });
}
