import { type Check, lastGood, textIn } from "./read_again.ts";

/** The secrets. Each may be in a file, which the setting with the suffix `_FILE` names. */
export const SECRETS = ["ADMIN_TOKEN", "READERS_TOKEN", "MYSQL_URL", "KAFKA_PASSWORD"] as const;

type Given = Record<string, string>;

/** Returns settings without the secrets that `others` set, directly or by file, as `others` win. */
export function withoutSecrets(settings: Given, others: Given): Given {
  const said = SECRETS.map((name) => [name, `${name}_FILE`]).filter((ways) => ways.some((way) => way in others)).flat();
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !said.includes(name)));
}

/** Returns a fault for each secret that is set both directly and by file. Rotating one would leave the other. */
export const doubleSecretFaults = (given: Given): string[] =>
  SECRETS.filter((name) => name in given && `${name}_FILE` in given).map((name) =>
    `${name}: wanted it or ${name}_FILE, found both`
  );

/** Quotes a setting's value for an error. Never shows a secret. */
export const quoted = (name: PropertyKey | undefined, given: Given): string =>
  SECRETS.some((secret) => secret === name) ? "something else" : JSON.stringify(given[String(name)]);

/**
 * Returns a function that reads a secret again from its file on each call. While the file is unreadable or invalid, it returns the
 * last valid secret.
 */
export const secretIn = (file: string | undefined, first: string, check?: Check<string>): () => string =>
  file === undefined ? () => first : lastGood({ first, read: () => textIn(file), textOf: (secret) => secret, check });
