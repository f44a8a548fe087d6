import { nearestName } from "@/domain/catalog/spelling/nearest_name.ts";

/** A name with more typing errors is another name. The environment has names of other programs, so fewer are allowed. */
const MAX_SLIPS = { file: 4, environment: 2 };
/** Prefixes of the names in the environment that are checked. */
const OURS = /^(KAFKA|MYSQL)_/;

/** What is wrong with names in a file of settings, a line each: a name that does nothing is a slip. */
export const unknownInFile = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => !known.includes(name)).map((name) => {
    const meant = nearestName(name, known, MAX_SLIPS.file);
    return `${name}: no such setting${
      meant === undefined ? "; .env.example has them all" : `, did you mean ${meant}?`
    }`;
  });

/** What is wrong with lines of a file of settings: without a `=` the runtime passes over them. They may hold secrets and are not shown. */
export const linesWithoutName = (text: string): string[] =>
  text.replace(QUOTED, (value) => "=" + "\n".repeat(value.split("\n").length - 1)).split(/\r?\n/).flatMap((line, at) =>
    /^\s*(#|$)|=/.test(line) ? [] : [`line ${at + 1}: wanted NAME=value, found no =`]
  );
/** A value in quotes, which may have several lines. */
const QUOTED = /=[ \t]*(["'`])[\s\S]*?\1/g;

/**
 * What is wrong with names in the environment, a line each: those that nearly are ours. Others belong to somebody else, as what
 * Kubernetes sets for each service does.
 */
export const unknownInEnvironment = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => OURS.test(name) && !known.includes(name)).flatMap((name) => {
    const meant = nearestName(name, known, MAX_SLIPS.environment);
    return meant === undefined ? [] : [`${name}: no such setting, did you mean ${meant}?`];
  });
