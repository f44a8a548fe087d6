import { Command } from "commander";
import { runCommand } from "@/services/shared/process/command_line.ts";
import { tuneRecommendationSettings } from "./tune_recommendation.ts";
import { tuneTrendWindow } from "./tune_trend.ts";

const program = new Command("tune").description(
  "Chooses settings of an engine by the shop's own history, and puts them in force in one step. Works while the suite is running or not.",
);
program.command("trend")
  .description("Finds the window by which the trends of the shop's last weeks would have been foretold best.")
  .option("--dry-run", "say what would be won, change nothing")
  .option("--minutes <number>", "take about so long at most", "5")
  .option("--json", "print JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(tuneTrendWindow);
program.command("recommendation")
  .description(
    "Finds the settings by which the shop's last fifth would have been foretold best; in a history without an order of times, a " +
      "fifth of the acts. Where they do better for what had no part in the choice, a new version is filled with them and shown in one step.",
  )
  .option("--dry-run", "say what would be won, change nothing")
  .option("--minutes <number>", "search about so long at most", "5")
  .option("--json", "print JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(tuneRecommendationSettings);

await runCommand(program);
Deno.exit(0);
