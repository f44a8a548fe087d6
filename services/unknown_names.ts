import { editDistance } from "@/domain/catalog/edit_distance.ts";

/** A name with more typing errors is another name. The environment has names of other programs, so fewer are allowed. */
const MAX_SLIPS = { file: 4, environment: 2 };
/** Prefixes of the names in the environment that are checked. */
const OURS = /^(KAFKA|MYSQL)_/;

/** The known name that was most likely meant. */
function nearest(name: string, known: readonly string[], most: number): string | undefined {
  const slips = known.map((one) => ({ one, count: editDistance(name, one, most) })).filter(({ count }) =>
    count <= most
  );
  return slips.toSorted((a, b) => a.count - b.count)[0]?.one;
}

/** What is wrong with names in a file of settings, a line each: a name that does nothing is a slip. */
export const unknownInFile = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => !known.includes(name)).map((name) => {
    const meant = nearest(name, known, MAX_SLIPS.file);
    return `${name}: no such setting${
      meant === undefined ? "; .env.example has them all" : `, did you mean ${meant}?`
    }`;
  });

/**
 * What is wrong with names in the environment, a line each: those that nearly are ours. Others belong to somebody else, as what
 * Kubernetes sets for each service does.
 */
export const unknownInEnvironment = (names: string[], known: readonly string[]): string[] =>
  names.filter((name) => OURS.test(name) && !known.includes(name)).flatMap((name) => {
    const meant = nearest(name, known, MAX_SLIPS.environment);
    return meant === undefined ? [] : [`${name}: no such setting, did you mean ${meant}?`];
  });
