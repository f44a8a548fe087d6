/** A dead letter's name for operators: the service whose store has it, and its id there, as in `trend-12`. */
export const letterName = (service: string, id: number): string => `${service}-${id}`;

/** What a name consists of; undefined when it is none. */
export function parseLetterName(name: string): { service: string; id: number } | undefined {
  const [, service, id] = /^([a-z]+)-([1-9]\d{0,14})$/.exec(name) ?? [];
  return service === undefined ? undefined : { service, id: Number(id) };
}
