import { defined } from "@/application/defined.ts";
import { layoutOf } from "@/application/catalog/importing/columns/import_layout.ts";
import type { Complaints, ImportDeps, ImportOptions } from "./import_options.ts";
import { createPackets } from "./import_packets.ts";
import { countReason, emptyReport, type ImportReport } from "./import_report.ts";
import { columnsOf, suggestMap } from "@/application/catalog/importing/columns/suggest_map.ts";
import { readRow } from "@/application/catalog/importing/rows/import_row.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { removeBooks } from "@/application/catalog/books/remove_books.ts";

/** Rows that say how a file's columns are written. */
const SAMPLE_ROWS = 500;

/**
 * Brings rows into the catalogue by the commands that HTTP uses: new books are added, known ones changed where they
 * differ, so that a second run changes nothing, and one that was cut off goes on by being run again. Of rows with the same id the
 * first counts. An ISBN that another book has is left out with a warning.
 */
export async function importBooks(
  deps: ImportDeps,
  rows: AsyncIterable<ImportRow>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const complaints = complaintsOf(options);
  const { report, reject, warn } = complaints;
  const seen = new Map<string, number>();
  const refused = new Set<string>();
  const { sample, all } = await sampled(rows);
  const layout = layoutOf(sample, options, deps.ids);
  report.ids_made = layout.made;
  const packets = createPackets(deps, { ...options, ...complaints });
  try {
    for await (const raw of all) {
      const row = ++report.rows;
      if ("fault" in raw) {
        report.unnamed++;
        await reject(row, raw, raw.fault);
        continue;
      }
      const read = readRow(raw, layout);
      if (!read.ok) {
        if (read.id === undefined) report.unnamed++;
        else refused.add(read.id);
        await reject(row, raw, read.reason);
        continue;
      }
      const first = seen.get(read.id);
      if (first !== undefined) {
        report.repeated++;
        const unit = raw.lineNumber === undefined ? "row" : "line";
        warn(row, raw, `id: ${JSON.stringify(read.id)} is in ${unit} ${first} too, which counts; this one is left out`);
        continue;
      }
      seen.set(read.id, raw.lineNumber ?? row);
      for (const warning of read.warnings) warn(row, raw, warning);
      await packets.add({ row, raw, id: read.id, details: read.details });
      report.unused = [...layout.unused];
    }
    report.unused = [...layout.unused];
    await packets.finish();
  } finally {
    // Refused rows are reported before the caller closes its files.
    await packets.settle();
  }
  if (seen.size === 0) {
    [report.suggestion, report.columns] = [suggestMap(sample, options.map?.title !== undefined), columnsOf(sample)];
  }
  if (seen.size > 0 && isReplaced(options, report)) {
    await removeOthers(deps, (id) => seen.has(id) || refused.has(id), options, report);
  }
  return report;
}

const isReplaced = ({ replace }: ImportOptions, { rejected, unnamed }: ImportReport): boolean =>
  replace === true ? unnamed === 0 : replace === "unless-rejected" && rejected === 0;

function complaintsOf({ onReject, onWarning }: ImportOptions): Complaints {
  const report = emptyReport();
  return {
    report,
    async reject(row, raw, reason) {
      report.rejected++;
      await onReject?.(row, raw, reason, countReason(report, reason));
    },
    warn(row, raw, warning) {
      report.warnings++;
      onWarning?.(row, raw, warning, countReason(report, warning));
    },
  };
}

/** The first rows, and all of them. */
async function sampled(
  rows: AsyncIterable<ImportRow>,
): Promise<{ sample: ImportRow[]; all: AsyncIterable<ImportRow> }> {
  const iterator = rows[Symbol.asyncIterator]();
  const sample: ImportRow[] = [];
  let next = await iterator.next();
  for (; next.done !== true; next = await iterator.next()) {
    sample.push(next.value);
    if (sample.length === SAMPLE_ROWS) break;
  }
  async function* all(): AsyncGenerator<ImportRow> {
    try {
      yield* sample;
      if (next.done !== true) yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      await iterator.return?.();
    }
  }
  return { sample, all: all() };
}

/** Removes what the file does not have. */
async function removeOthers(
  { bus, shelf, ids }: ImportDeps,
  isKept: (id: string) => boolean,
  { dryRun, signal, onProgress }: ImportOptions,
  report: ImportReport,
): Promise<void> {
  report.removed = await removeBooks({ bus, shelf, ids }, {
    isRemoved: ({ id }) => !isKept(id),
    dryRun: dryRun === true,
    ...defined({ signal }),
    onProgress: (removed) => {
      report.removed = removed;
      onProgress?.(report);
    },
  });
}
