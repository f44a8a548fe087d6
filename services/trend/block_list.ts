import { readFileSync } from "node:fs";
import { createBlockList, type IsBlocked } from "@/domain/trend/block_list.ts";
import { readText, type Settings, StartFault } from "@/services/settings/settings.ts";

const STANDARD = new URL("./blocked_words.txt", import.meta.url);

/** Creates the check that keeps queries out of public lists, from the settings. Throws a StartFault for an invalid pattern. */
export function blockListOf({ TREND_BLOCKED, TREND_BLOCK_LIST }: Settings): IsBlocked {
  const list = TREND_BLOCK_LIST === undefined
    ? readFileSync(STANDARD, "utf8")
    : readText(TREND_BLOCK_LIST, "TREND_BLOCK_LIST");
  const lines = list.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  checkPatterns(TREND_BLOCKED, "TREND_BLOCKED");
  checkPatterns(lines, `TREND_BLOCK_LIST: ${TREND_BLOCK_LIST ?? STANDARD.pathname}`);
  return createBlockList([...lines, ...TREND_BLOCKED]);
}

function checkPatterns(entries: string[], where: string): void {
  try {
    createBlockList(entries);
  } catch (error) {
    throw new StartFault(`${where} has a pattern that is none: ${(error as Error).message}`);
  }
}
