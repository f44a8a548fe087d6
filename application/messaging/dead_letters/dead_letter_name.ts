/** Returns a dead letter's name for operators: its service and its id in that service's store, as in `trend-12`. */
export const deadLetterName = (service: string, id: number): string => `${service}-${id}`;

/** Returns a regular expression for the names of a service's dead letters. `service` may be a pattern, too. */
export const deadLetterPattern = (service: string): string => `^${service}-([1-9][0-9]{0,14})$`;

/** Parses a name. Returns undefined when it is invalid. */
export function parseDeadLetterName(name: string): { service: string; id: number } | undefined {
  const [, service, id] = new RegExp(deadLetterPattern("([a-z]+)")).exec(name) ?? [];
  return service === undefined ? undefined : { service, id: Number(id) };
}
