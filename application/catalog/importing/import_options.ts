import type { BookDetails } from "@/domain/catalog/book.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { IdGenerator } from "@/application/ports.ts";
import type { LayoutOptions } from "@/application/catalog/importing/columns/import_layout.ts";
import type { ImportReport } from "./import_report.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import type { BookShelf } from "@/application/catalog/ports.ts";

export type ImportDeps = { bus: MessageBus; shelf: BookShelf; ids: IdGenerator };
export type ImportOptions = LayoutOptions & {
  /** Reads and checks only, stores nothing. */
  dryRun?: boolean | undefined;
  /**
   * Removes the books that the file does not have. The book of a refused row stays. Nothing is removed when no row could be used, when
   * a refused row does not say which book it is, or, with `unless-rejected`, when any row was refused.
   */
  replace?: boolean | "unless-rejected" | undefined;
  /** Ends the removal between two packets. */
  signal?: AbortSignal | undefined;
  /** `first`: no row before was refused for a reason of this kind. */
  onReject?: (row: number, raw: ImportRow, reason: string, first: boolean) => void | Promise<void>;
  onWarning?: (row: number, raw: ImportRow, warning: string, first: boolean) => void;
  onProgress?: (report: ImportReport) => void;
};
/** A row that can be stored. */
export type Line = { row: number; raw: ImportRow; id: string; details: BookDetails };
/** Hears what is wrong with a row. */
export type Complaints = {
  report: ImportReport;
  reject: (row: number, raw: ImportRow, reason: string) => Promise<void>;
  warn: (row: number, raw: ImportRow, warning: string) => void;
};
