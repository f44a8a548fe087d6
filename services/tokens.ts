import type { Token } from "@/adapters/http/base/auth.ts";
import type { Logger } from "@/application/ports.ts";
import { secretIn } from "./secrets.ts";

/** A token: nothing that a header could not carry, and too much to be guessed. */
const TOKEN = /^[!-~]{16,}$/;

/** The tokens in a text: one, or in a file several of which each is on a line of its own. */
const tokensIn = (text: string): string[] => text.split(/\s*\n\s*/);

/** Whether a text holds tokens and nothing else. */
export const areTokens = (text: string): boolean => tokensIn(text).every((one) => TOKEN.test(one));

/** Tokens that hold as long as they stand in their file; `first` for good where there is no file. */
export function tokenOf(setting: string, file: string | undefined, first: string, logger: Logger): Token {
  const read = secretIn(file, first, {
    passes: areTokens,
    refuse: () => logger.error("secret-refused", { setting }),
  });
  return () => tokensIn(read());
}
