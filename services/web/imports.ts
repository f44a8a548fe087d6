import { rm } from "node:fs/promises";
import { createImportJobs, importFiles } from "@/adapters/files/import_jobs.ts";
import { systemCode } from "@/adapters/files/system_code.ts";
import { startImportJobs } from "@/application/catalog/importing/jobs/import_jobs.ts";
import { Unavailable } from "@/application/faults.ts";
import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { importFile, whyUseless } from "@/services/import_file.ts";

type Deps = {
  folder: string;
  store: Pick<WebStore, "shelf" | "leases">;
  bus: MessageBus;
  clock: Clock;
  ids: IdGenerator;
  logger: Logger;
  owner: string;
};

/** Starts the import of files that are sent over HTTP. They are imported as by the command. */
export const startImports = ({ folder, store: { shelf, leases }, bus, ids, ...deps }: Deps) =>
  startImportJobs({
    ...deps,
    leases,
    jobs: createImportJobs(folder, deps.logger),
    async run({ id, request }, { onProgress, signal }) {
      const { dry_run: dryRun, replace, name = "upload", ...asked } = request;
      const { upload, rejects } = importFiles(folder, id);
      try {
        // Removes the rejects of an interrupted attempt, as this one rejects the same rows again.
        await rm(rejects, { force: true });
        const { report, format } = await importFile({ bus, shelf, ids }, {
          ...asked,
          path: upload,
          name,
          mapName: "map",
          dryRun,
          rejects,
          signal,
          onProgress,
          replace: replace && "unless-rejected",
        });
        const failure = whyUseless(report, format, (suggestion) => `?map=${encodeURIComponent(suggestion)}`);
        return { report, failure, note: replace && report.rejected > 0 ? NOT_REPLACED : undefined };
      } catch (error) {
        throw withoutPath(error);
      }
    },
  });

const NOT_REPLACED = "no book was removed, as rows were refused: mend them and send the whole file again";

/** Converts an error of a file to an outage, unless the file is missing. Neither message contains a path of the server. */
function withoutPath(error: unknown): unknown {
  const code = error instanceof Unavailable ? undefined : systemCode(error);
  if (code === undefined) return error;
  if (code === "ENOENT") return new Error("the stored file is gone: send it again", { cause: error });
  return new Unavailable(`a file of the import cannot be read or written: ${code}`, { cause: error });
}
