import { parseArgs } from "node:util";

/** The option that names a file of settings. */
export const ENV_FILE = "env-file";

/**
 * Parses the values of these options, and the positional arguments. Only the program knows its other options, so their values
 * count as positional.
 */
export function readArguments(args: readonly string[], options: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(options.map((name) => [name, { type: "string", multiple: true } as const])),
    strict: false,
  });
  return {
    valuesOf: (option: string): string[] => [values[option]].flat().filter((value) => typeof value === "string"),
    positionals,
  };
}
