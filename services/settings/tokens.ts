import type { Logger } from "@/application/ports.ts";
import { secretIn } from "./secrets.ts";

/** A token: characters that a header can carry, too many to be guessed. */
const TOKEN = /^[!-~]{16,}$/;

/** The tokens of a text, one a line. */
const tokensIn = (text: string): string[] => text.split(/\s*\n\s*/);

/** Whether a text holds tokens and nothing else. */
export const areTokens = (text: string): boolean => tokensIn(text).every((one) => TOKEN.test(one));

/**
 * Tokens that hold as long as they stand in their file; `first` for good where there is no file. None hold while it is empty and the
 * file is missing.
 */
export function tokenOf(
  setting: string,
  file: string | undefined,
  first: string,
  logger: Logger,
): () => readonly string[] {
  const read = secretIn(file, first, {
    passes: areTokens,
    refuse: () => logger.error("secret-refused", { setting }),
  });
  return () => tokensIn(read()).filter((one) => one !== "");
}
