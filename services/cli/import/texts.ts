import { encodingText } from "@/adapters/files/encoding.ts";
import type { RowFormat } from "@/adapters/files/rows.ts";
import { countOf, numberText } from "@/application/shared/text/count_of.ts";
import type { ImportReport } from "@/application/catalog/importing/import_report.ts";

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
/** Returns how much of a file was read, as text. */
export const progressText = (read: number, size: number): string =>
  `${String(Math.floor(100 * read / size)).padStart(3)} %, ${megabytes(read)} of ${megabytes(size)}`;

/** Returns the detected format as text for people. */
export function formatText({ kind, gzipped, encoding, delimiter, linesBefore = 0 }: RowFormat): string {
  const facts = [kind, ...(gzipped ? ["gzipped"] : [])];
  if (encoding !== undefined) facts.push(`in ${encodingText(encoding)}${encoding.guessed ? " by its bytes" : ""}`);
  if (delimiter !== undefined) facts.push(`columns separated by ${delimiter === "\t" ? "a tab" : delimiter}`);
  if (linesBefore > 0) facts.push(`${countOf(linesBefore, "line")} before the header`);
  return facts.join(", ");
}

/** Returns the detected format as JSON for programs. */
export const formatJson = ({ kind, gzipped, encoding, delimiter }: RowFormat) => ({
  kind,
  gzipped,
  encoding: encoding?.name,
  delimiter,
});

type Run = { dryRun: boolean; replace: boolean };

/** Prints the reasons with their counts, and the totals. */
export function printReport(report: ImportReport, { dryRun, replace }: Run): void {
  const { rows, added, changed, unchanged, rejected, warnings, removed } = report;
  for (const [reason, times] of Object.entries(report.reasons)) {
    console.error(`${String(times).padStart(7)} × ${reason}`);
  }
  if (report.unused.length > 0) console.error(`not used: ${report.unused.join(", ")}`);
  if (report.ids_made) console.error("no column has ids: each book's is made from its ISBN, title, authors and year");
  const tried = dryRun ? "would be " : "";
  console.log(
    `${countOf(rows, "row")}: ${tried}${numberText(added)} added, ${numberText(changed)} changed, ${
      numberText(unchanged)
    } unchanged, ` +
      `${numberText(rejected)} refused, ${countOf(warnings, "warning")}` +
      (replace ? `, ${numberText(removed)} removed` : ""),
  );
  if (replace && report.unnamed > 0) {
    const unnamed = countOf(report.unnamed, "refused row");
    console.log(`no book ${dryRun ? "would be" : "was"} removed, as ${unnamed} may be any book`);
  }
  if (replace && dryRun) console.log("nothing was stored: --replace --yes does it");
}
