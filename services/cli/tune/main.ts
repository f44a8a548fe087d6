import { Command } from "commander";
import { runCommand } from "@/services/shared/process/command_line.ts";
import { tuneRecommendationSettings } from "./tune_recommendation.ts";
import { tuneTrendWindow } from "./tune_trend.ts";

const program = new Command("tune").description(
  "Chooses settings of trend or recommendation by your own history. Works while the suite is running or not.",
);
program.command("trend")
  .description("Makes the window that foretold your last weeks best the default.")
  .option("--dry-run", "print the result, change nothing")
  .option("--minutes <number>", "take about so long at most", "5")
  .option("--json", "print JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(tuneTrendWindow);
program.command("recommendation")
  .description(
    "Finds the settings that foretell your readers' newest choices best. If they are clearly better for readers who had no part in " +
      "the choice, the lists are rebuilt with them.",
  )
  .option("--dry-run", "print the result, change nothing")
  .option("--minutes <number>", "search about so long at most", "5")
  .option("--json", "print JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(tuneRecommendationSettings);

await runCommand(program);
Deno.exit(0);
