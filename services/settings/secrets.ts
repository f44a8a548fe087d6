import { type Check, lastGood, textIn } from "./read_again.ts";

/** Settings that may stand in a file of their own, named by the setting with `_FILE` behind it. */
export const SECRETS = ["ADMIN_TOKEN", "READERS_TOKEN", "MYSQL_URL", "KAFKA_PASSWORD"] as const;

type Given = Record<string, string>;

/** Settings less the secrets that others say, by themselves or by a file: what is said last counts, whichever way. */
export function withoutSecrets(settings: Given, others: Given): Given {
  const said = SECRETS.map((name) => [name, `${name}_FILE`]).filter((ways) => ways.some((way) => way in others)).flat();
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !said.includes(name)));
}

/** Secrets that are set both ways, as a variable and as a file. Changing one would leave the other. */
export const doubleSecretFaults = (given: Given): string[] =>
  SECRETS.filter((name) => name in given && `${name}_FILE` in given).map((name) =>
    `${name}: wanted it or ${name}_FILE, found both`
  );

/** What a setting was found to be. Never shows a secret. */
export const quoted = (name: PropertyKey | undefined, given: Given): string =>
  SECRETS.some((secret) => secret === name) ? "something else" : JSON.stringify(given[String(name)]);

/**
 * A secret that is read again from its file whenever it is needed. While the file cannot be read or holds what does not pass, the
 * last one holds.
 */
export const secretIn = (file: string | undefined, first: string, check?: Check<string>): () => string =>
  file === undefined ? () => first : lastGood({ first, read: () => textIn(file), textOf: (secret) => secret, check });
