import { Command, Option } from "commander";
import { closeSync, openSync, renameSync, rmSync } from "node:fs";
import { EXPORT_KINDS, exported, type ExportKind } from "@/adapters/files/export_rows.ts";
import { writeWhole } from "@/adapters/files/write_whole.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { allBooks } from "@/application/catalog/books/remove_books.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

type Options = { as?: ExportKind; force?: true; json?: true; envFile?: string };

const program = new Command("export")
  .description("Writes the catalogue to a file that import reads back as it is, while the suite is running or not.")
  .argument("<file>", "a .csv, .jsonl or .mrc file; it appears when it is whole")
  .addOption(new Option("--as <kind>", "the format, whatever the file is called").choices(EXPORT_KINDS))
  .option("--force", "replace the file where it exists")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(file: string, options: Options): Promise<void> {
  const kind = options.as ?? kindOf(file);
  const settings = settingsOf(options);
  if (options.force !== true) claim(file);
  const store = await openAdapters(settings, createLogger("export", settings.LOG_LEVEL)).web();
  const part = `${file}.part`;
  const out = { file: open(part), path: part };
  let books = 0;
  try {
    if (kind === "csv") writeWhole(out, exported(kind, [], true));
    for await (const some of allBooks(store.shelf)) {
      writeWhole(out, exported(kind, some, false));
      books += some.length;
    }
    rename(part, file);
    console.log(
      options.json === true ? JSON.stringify({ books, as: kind }) : `${countOf(books, "book")} written to ${file}`,
    );
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    closeSync(out.file);
    await store.close();
  }
}

function kindOf(file: string): ExportKind {
  const kinds: Record<string, ExportKind> = { csv: "csv", jsonl: "jsonl", ndjson: "jsonl", mrc: "marc", marc: "marc" };
  const kind = kinds[file.split(".").at(-1)!.toLowerCase()];
  if (kind === undefined) {
    throw new StartFault(
      `wanted a file name that ends in .csv, .jsonl or .mrc, or --as ${EXPORT_KINDS.join(" or ")}; found ${file}`,
    );
  }
  return kind;
}

function open(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new StartFault(`cannot write ${path}: ${fileFault(error, "write")}`);
  }
}

function rename(part: string, file: string): void {
  try {
    renameSync(part, file);
  } catch (error) {
    throw new StartFault(`cannot write ${file}: ${fileFault(error, "write")}`);
  }
}

/** Throws when a file exists or cannot be written. */
function claim(file: string): void {
  try {
    closeSync(openSync(file, "wx"));
    rmSync(file);
  } catch (error) {
    throw new StartFault(
      `cannot write ${file}: ${
        (error as { code?: unknown }).code === "EEXIST" ? "it exists; --force replaces it" : fileFault(error, "write")
      }`,
    );
  }
}

await runCommand(program);
