import { rm } from "node:fs/promises";
import { createImportJobs, importFiles } from "@/adapters/files/import_jobs.ts";
import { startImportJobs } from "@/application/catalog/import_jobs.ts";
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

/** Files that are sent over HTTP, imported as the command does it. */
export const startImports = ({ folder, store: { shelf, leases }, bus, ids, ...deps }: Deps) =>
  startImportJobs({
    ...deps,
    leases,
    jobs: createImportJobs(folder),
    async run({ id, request: { dry_run: dryRun, name = "upload", ...request } }, { onProgress, signal }) {
      const { upload, rejects } = importFiles(folder, id);
      // An earlier attempt was cut off: this one refuses the same rows again.
      await rm(rejects, { force: true });
      const file = { ...request, path: upload, name, dryRun, rejects, signal, onProgress };
      const { report, format } = await importFile({ bus, shelf, ids }, file);
      const useless = whyUseless(report, format, (suggestion) => `?map=${encodeURIComponent(suggestion)}`);
      if (useless !== undefined) throw new Error(useless);
      return report;
    },
  });
