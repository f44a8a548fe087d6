import { nearestName } from "@/domain/catalog/spelling/nearest_name.ts";

/** A name with more typing errors is not taken for a setting. The environment has names of other programs, so it allows fewer. */
const MAX_SLIPS = { file: 4, environment: 2 };
/** The prefixes of environment variables that are checked. */
const OURS = /^(KAFKA|MYSQL)_/;

/** Returns a fault for each unknown name in a file of settings, as it is a typing error. */
export const unknownInFile = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => !known.includes(name)).map((name) => {
    const meant = nearestName(name, known, MAX_SLIPS.file);
    return `${name}: no such setting${
      meant === undefined ? "; .env.example has them all" : `, did you mean ${meant}?`
    }`;
  });

/** Returns a fault for each line without `=` in a file of settings, as Deno ignores it. Never shows the line: it may be a secret. */
export const linesWithoutName = (text: string): string[] =>
  text.replace(QUOTED, (value) => "=" + "\n".repeat(value.split("\n").length - 1)).split(/\r?\n/).flatMap((line, at) =>
    /^\s*(#|$)|=/.test(line) ? [] : [`line ${at + 1}: wanted NAME=value, found no =`]
  );
/** A quoted value, which may span several lines. */
const QUOTED = /=[ \t]*(["'`])[\s\S]*?\1/g;

/**
 * Returns a fault for each environment variable that is almost the name of a setting. Others belong to other programs, such as
 * those that Kubernetes sets for each service.
 */
export const unknownInEnvironment = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => OURS.test(name) && !known.includes(name)).flatMap((name) => {
    const meant = nearestName(name, known, MAX_SLIPS.environment);
    return meant === undefined ? [] : [`${name}: no such setting, did you mean ${meant}?`];
  });
