import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export type SourceFile = { path: string; text: string };
/** `to`: a path from the root, or a package. `typeOnly`: nothing of it is there when the program runs. */
export type Import = { to: string; typeOnly: boolean };

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Folders with files that nobody here has written. */
const NOT_OURS = new Set(["node_modules", "data", "vendor"]);

/** Every TypeScript file of the project, by its path from the root. */
export async function sourceFiles(): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  await collect(ROOT, files);
  return files;
}

async function collect(folder: string, into: SourceFile[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name.startsWith(".") || NOT_OURS.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory) await collect(path, into);
    else if (/\.tsx?$/.test(entry.name)) into.push({ path: relative(ROOT, path), text: await Deno.readTextFile(path) });
  }
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?([\w$*{][^"';=()]*?)\s+from\s+"([^"\n]+)"|\bimport(?:\s+|\(\s*)"([^"\n]+)"/gm;

/** What a file imports, or exports from elsewhere. */
export function importsOf({ path, text }: SourceFile): Import[] {
  return [...withoutComments(text).matchAll(IMPORT)].map(([, type, names = "", from, whole]) => ({
    to: resolvedFrom(path, from ?? whole!),
    typeOnly: type !== undefined || namesTypesOnly(names),
  }));
}

const namesTypesOnly = (names: string): boolean => {
  const [, listed] = /^\{([^}]*)\}/.exec(names) ?? [];
  return listed !== undefined &&
    listed.split(",").map((one) => one.trim()).filter((one) => one !== "").every((one) => one.startsWith("type "));
};

export function resolvedFrom(path: string, imported: string): string {
  if (imported.startsWith("@/")) return imported.slice(2);
  return imported.startsWith(".") ? join(dirname(path), imported) : imported;
}

const TEXT_OR_COMMENT = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;

/** The code without its comments. A text such as "/v1/*" begins none. */
export const withoutComments = (code: string): string =>
  code.replace(TEXT_OR_COMMENT, (_, text?: string) => text ?? "");
