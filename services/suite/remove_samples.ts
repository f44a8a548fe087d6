import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { removeBooks } from "@/application/catalog/books/remove_books.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { isSample, sampleBooks } from "./sample_catalogue.ts";
import { webBus } from "@/services/web/app.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";

type Options = { dryRun?: true; json?: true; envFile?: string };

const program = new Command("remove-samples")
  .description("Removes the sample catalogue of a first start; books of an id of it that were changed since stay.")
  .option("--dry-run", "say how many, remove nothing")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(options: Options): Promise<void> {
  const settings = settingsOf(options);
  const store = await openAdapters(settings, createLogger("remove-samples", settings.LOG_LEVEL)).web();
  try {
    const samples = await sampleBooks();
    const dryRun = options.dryRun === true;
    const removed = await removeBooks({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, {
      isRemoved: (book) => isSample(samples, book),
      dryRun,
    });
    console.log(
      options.json === true
        ? JSON.stringify({ removed, dry_run: dryRun })
        : `${dryRun ? "would remove" : "removed"} ${countOf(removed, "book")} of the sample catalogue`,
    );
  } finally {
    await store.close();
  }
}

await runCommand(program);
