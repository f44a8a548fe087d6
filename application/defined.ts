/** An object without the fields that are undefined, so that an optional field is either there or not. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  // A plain loop, as it runs for every message of every consumer.
  const kept = {} as { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };
  for (const name of Object.keys(fields) as (keyof Fields)[]) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value as (typeof kept)[keyof Fields];
  }
  return kept;
}
