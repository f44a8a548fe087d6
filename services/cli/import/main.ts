import { Command, Option } from "commander";
import { statSync } from "node:fs";
import { systemCode } from "@/adapters/files/system_code.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf, numberText } from "@/application/shared/text/count_of.ts";
import { type FieldMap, FIELDS } from "@/application/catalog/importing/columns/column_names.ts";
import { readMap } from "@/application/catalog/importing/columns/read_map.ts";
import { messageOf } from "@/application/faults.ts";
import { importFile, whyUseless } from "@/services/import_file.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { webBus } from "@/services/web/app.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { formatJson, formatText, printReport, progressText } from "./texts.ts";
import { throttle } from "@/services/cli/throttle.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

type Options = {
  map?: string;
  encoding?: string;
  delimiter?: string;
  separator?: string;
  id?: "isbn" | "content";
  dryRun?: true;
  replace?: true;
  yes?: true;
  rejects?: string;
  warnings?: string;
  json?: true;
  envFile?: string;
};

const program = new Command("import")
  .description(
    "Brings a file into the catalogue, while the suite is running or not: CSV, JSON Lines, JSON, MARC 21 or MARCXML, also gzipped. " +
      "Exports of Goodreads, LibraryThing, StoryGraph, Calibre, Koha, Book-Crossing and Open Library are known. " +
      "Run again it changes nothing, and goes on where it was cut off.",
  )
  .argument("<file>", "its format and encoding are found out by its content")
  .option("--map <fields>", "columns with other names, as field=column,…; fields: " + FIELDS.join(", "))
  .option("--encoding <name>", "where it is not UTF-8, UTF-16 or windows-1252: latin1, shift_jis, koi8-r, …")
  .option("--delimiter <sign>", "between the columns of a CSV file; tab for a tab")
  .option("--separator <sign>", "between the names and subjects in a cell")
  .addOption(new Option("--id <from>", "what the id of a book is made of").choices(["isbn", "content"]))
  .option("--dry-run", "read and check, store nothing")
  .option("--replace", "remove the books that the file does not have; says only how many without --yes")
  .option("--yes", "with --replace: really remove them")
  .option(
    "--rejects <file>",
    "write the refused rows as they are, with the reasons, to a new file that can be imported",
  )
  .option("--warnings <file>", "write what was left out or cut to a new CSV file")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(file: string, options: Options): Promise<void> {
  if (options.yes === true && options.replace !== true) {
    throw new StartFault("wanted --replace with --yes, found --yes alone");
  }
  const settings = settingsOf(options);
  const size = sizeOf(file);
  const map = options.map === undefined ? undefined : mapOf(options.map);
  const dryRun = options.dryRun === true || (options.replace === true && options.yes !== true);
  const store = await openAdapters(settings, createLogger("import", settings.LOG_LEVEL)).web();
  const say = (text: string) => options.json === true || console.error(text);
  try {
    const { report, format } = await importFile({ bus: webBus({ store, clock, ids }), shelf: store.shelf, ids }, {
      ...options,
      path: file,
      title: file,
      map,
      dryRun,
      onFormat: (found) => say(formatText(found)),
      onReject: (row, reason, first) => first && say(`${row}: refused: ${reason}`),
      onWarning: (row, warning, first) => first && say(`${row}: ${warning}`),
      onProgress: throttle(
        ({ rows, added, changed, rejected, removed }, read) =>
          say(
            `${progressText(read, size)}, ${countOf(rows, "row")}: ${numberText(added)} added, ` +
              `${numberText(changed)} changed, ${numberText(rejected)} refused` +
              (removed > 0 ? `, ${numberText(removed)} removed` : ""),
          ),
        { everyMs: 1_000 },
      ),
    });
    if (options.json === true) console.log(JSON.stringify({ ...report, format: formatJson(format), dry_run: dryRun }));
    else printReport(report, { dryRun, replace: options.replace === true });
    const useless = whyUseless(report, format, (suggestion) => `--map ${JSON.stringify(suggestion)}`);
    if (useless !== undefined) throw new StartFault(`${file}: ${useless}`);
  } finally {
    await store.close();
  }
}

function sizeOf(file: string): number {
  if (file === "" || file === "-") throw new StartFault("wanted the name of a file: what is piped in is not read");
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw new Error("it is a folder");
    return Math.max(1, found.size);
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw new StartFault(`there is no file ${file}`);
    throw new StartFault(`cannot read ${file}: ${fileFault(error, "read")}`);
  }
}

function mapOf(text: string): FieldMap {
  try {
    return readMap(text);
  } catch (error) {
    throw new StartFault(`--map: ${messageOf(error)}`);
  }
}

await runCommand(program);
