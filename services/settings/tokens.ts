import type { Logger } from "@/application/ports.ts";
import { secretIn } from "./secrets.ts";

/** A token: printable ASCII, long enough not to be guessed. */
const TOKEN = /^[!-~]{16,}$/;

/** Returns the tokens of a text, one per line. */
const tokensIn = (text: string): string[] => text.split(/\s*\n\s*/);

/** Returns whether a text contains only tokens. */
export const areTokens = (text: string): boolean => tokensIn(text).every((one) => TOKEN.test(one));

/** Returns a function that returns the current tokens of a file, or `first` without a file. An empty `first` means no token yet. */
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
