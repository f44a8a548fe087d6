/** A promise that was not kept. */
export type Violation = { invariant: string; what: string; count: number; examples: string[] };

/** A violation for the cases there are; none for none. */
export function violation(invariant: string, what: string, cases: Iterable<string>): Violation[] {
  const all = [...cases];
  return all.length === 0 ? [] : [{ invariant, what, count: all.length, examples: all.slice(0, 10) }];
}

/** Compares rows by name: what is missing, what is there beside, what says something else. */
export function differences(
  invariant: string,
  table: string,
  wanted: Map<string, string>,
  found: Map<string, string>,
): Violation[] {
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  const beside = [...found.keys()].filter((name) => !wanted.has(name));
  const other = [...wanted].filter(([name, value]) => found.has(name) && found.get(name) !== value);
  return [
    ...violation(invariant, `${table}: rows are missing`, missing.map((name) => `${name}: wanted ${wanted.get(name)}`)),
    ...violation(invariant, `${table}: rows that nothing made`, beside.map((name) => `${name}: ${found.get(name)}`)),
    ...violation(
      invariant,
      `${table}: rows that say something else`,
      other.map(([name, value]) => `${name}: wanted ${value}, found ${found.get(name)}`),
    ),
  ];
}
