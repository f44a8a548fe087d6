import { readFileSync } from "node:fs";
import { createBlockList, type IsBlocked } from "@/domain/trend/block_list.ts";
import { readText, type Settings, StartFault } from "@/services/settings.ts";

const STANDARD = new URL("./blocked_words.txt", import.meta.url);

/** What keeps queries out of public lists, as the settings say. Throws a StartFault for a pattern that is none. */
export function blockListOf({ TREND_BLOCKED, TREND_BLOCK_LIST }: Settings): IsBlocked {
  const list = TREND_BLOCK_LIST === undefined
    ? readFileSync(STANDARD, "utf8")
    : readText(TREND_BLOCK_LIST, "TREND_BLOCK_LIST");
  const lines = list.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  try {
    return createBlockList([...lines, ...TREND_BLOCKED]);
  } catch (error) {
    throw new StartFault(`TREND_BLOCKED or TREND_BLOCK_LIST has a pattern that is none: ${(error as Error).message}`);
  }
}
