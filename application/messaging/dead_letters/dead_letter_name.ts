/** A dead letter's name for operators: the service whose store has it, and its id there, as in `trend-12`. */
export const deadLetterName = (service: string, id: number): string => `${service}-${id}`;

/** What names of a service's dead letters match; `service` is a part of a pattern too. */
export const deadLetterPattern = (service: string): string => `^${service}-([1-9][0-9]{0,14})$`;

/** What a name consists of; undefined when it is none. */
export function parseDeadLetterName(name: string): { service: string; id: number } | undefined {
  const [, service, id] = new RegExp(deadLetterPattern("([a-z]+)")).exec(name) ?? [];
  return service === undefined ? undefined : { service, id: Number(id) };
}
