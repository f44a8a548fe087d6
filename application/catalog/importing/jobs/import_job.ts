import type { LayoutOptions } from "@/application/catalog/importing/columns/import_layout.ts";
import type { ImportReport } from "@/application/catalog/importing/import_report.ts";

/** How a file is to be read. */
export type FileOptions = LayoutOptions & {
  /** What the file is called, where its path does not say so. */
  name?: string | undefined;
  encoding?: string | undefined;
  delimiter?: string | undefined;
};
/** The options of a request to import a file. */
export type ImportRequest = FileOptions & { dry_run: boolean; replace: boolean };

/** A file that was sent to be imported. `attempts`: how often it was begun, `cut_off`: how often its process ended. */
export type ImportJob = {
  id: string;
  state: "waiting" | "running" | "done" | "failed";
  request: ImportRequest;
  received: number;
  ended?: number;
  bytes: number;
  bytes_read: number;
  attempts: number;
  cut_off?: number;
  report?: ImportReport;
  /** Why it failed, or what was left undone. */
  detail?: string;
};

/** Files that were sent, kept until they are imported, and what became of them. */
export interface ImportJobs {
  /** Stores a file; it is there for good when this resolves, and not at all when it rejects. */
  accept(job: Pick<ImportJob, "id" | "request" | "received">, body: AsyncIterable<Uint8Array>): Promise<ImportJob>;
  get(id: string): Promise<ImportJob | undefined>;
  /** Those that can be read, ended or not, the newest first. `before`: only those whose id comes before it. */
  list(before: string | undefined, limit: number): Promise<ImportJob[]>;
  /** All that have not ended and can be read, in the order in which they came. What has ended is read once. */
  unfinished(): Promise<ImportJob[]>;
  /** Stores how an import fares. The file goes when it has ended; the refused rows stay. */
  save(job: ImportJob): Promise<void>;
  /** The refused rows as a file that can be imported, or undefined where there are none. */
  rejects(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
  /** Removes what `unfinished` has found to have ended before a time. */
  removeEnded(before: number): Promise<void>;
  /** Removes what did not come in full and was begun before a time. */
  removeUnfinished(before: number): Promise<void>;
}
