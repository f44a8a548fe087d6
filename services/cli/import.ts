import { Command } from "commander";
import { statSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { rowsOf } from "@/adapters/files/rows.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { importBooks } from "@/application/catalog/import_books.ts";
import { FIELDS } from "@/application/catalog/import_row.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { messageOf } from "@/application/faults.ts";
import { openAdapters } from "@/services/open_adapters.ts";
import { environment, readSettings, StartFault } from "@/services/settings.ts";
import { webBus } from "@/services/web/app.ts";

type Options = { map?: string; dryRun?: true; rejects?: string; json?: true; envFile?: string };

const program = new Command("import")
  .description("Brings a CSV or JSON Lines file (also gzipped) into the catalogue, while the suite is running or not.")
  .argument("<file>", "a .csv, .jsonl or .ndjson file, with .gz at the end where it is gzipped")
  .option("--map <fields>", "columns with other names, as field=column,…; fields: " + FIELDS.join(", "))
  .option("--dry-run", "read and check, store nothing")
  .option("--rejects <file>", "write the refused rows and the reasons to a CSV file")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(file: string, options: Options): Promise<void> {
  const settings = readSettings(
    environment(),
    options.envFile === undefined ? [] : ["--env-file", options.envFile],
  );
  const size = sizeOf(file);
  const store = await openAdapters(settings, createLogger("import", settings.LOG_LEVEL))
    .web();
  const rejects = options.rejects === undefined
    ? undefined
    : Deno.openSync(options.rejects, { write: true, create: true, truncate: true });
  const line = (values: unknown[]) => void rejects?.writeSync(new TextEncoder().encode(stringify([values])));
  line(["row", "reason", "columns"]);
  let read = 0;
  let shown = 0;
  try {
    const report = await importBooks(
      { bus: webBus({ store, clock, ids }), shelf: store.shelf, ids },
      rowsOf(file, (bytes) => read += bytes),
      {
        ...(options.map === undefined ? {} : { map: mapOf(options.map) }),
        dryRun: options.dryRun === true,
        onReject: (row, raw, reason) => line([row, reason, JSON.stringify(raw)]),
        onProgress: ({ rows, added, changed, rejected }) => {
          if (options.json || elapsedMs(clock, shown) < 500) return;
          shown = clock.now();
          console.error(
            `${
              String(Math.floor(100 * read / size)).padStart(3)
            } %  ${rows} rows: ${added} added, ${changed} changed, ${rejected} rejected`,
          );
        },
      },
    );
    const { rows, added, changed, unchanged, rejected, warnings } = report;
    const tried = options.dryRun ? "would be " : "";
    console.log(
      options.json
        ? JSON.stringify(report)
        : `${rows} rows: ${tried}${added} added, ${changed} changed, ${unchanged} unchanged, ${rejected} rejected, ${warnings} warnings`,
    );
  } finally {
    rejects?.close();
    await store.close();
  }
}

function sizeOf(file: string): number {
  try {
    const { size } = statSync(file);
    return Math.max(1, size);
  } catch (error) {
    throw new StartFault(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function mapOf(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.split("=").map((part) => part.trim()));
  for (const [field, column] of pairs) {
    if (!FIELDS.some((known) => known === field) || column === undefined || column === "") {
      throw new StartFault(
        `--map: wanted field=column with a field of ${FIELDS.join(", ")}; found ${field}=${column ?? ""}`,
      );
    }
  }
  return Object.fromEntries(pairs);
}

try {
  await program.parseAsync(Deno.args, { from: "user" });
} catch (error) {
  console.error(`bookstream import: ${messageOf(error)}`);
  Deno.exit(1);
}
