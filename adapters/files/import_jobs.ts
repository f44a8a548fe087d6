import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ImportJob, ImportJobs } from "@/application/catalog/import_jobs.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";

const ID = /^[0-9a-f-]{36}$/;
/** The names of a job's files, in a folder of its own. */
export const importFiles = (folder: string, id: string) => ({
  upload: join(folder, id, "upload"),
  state: join(folder, id, "state.json"),
  rejects: join(folder, id, "rejects"),
});

/** Files that were sent, in a folder each. A folder without a state is one that did not come in full. */
export function createImportJobs(folder: string): ImportJobs {
  async function get(id: string): Promise<ImportJob | undefined> {
    if (!ID.test(id)) return undefined;
    return await unlessMissing(async () => JSON.parse(await readFile(importFiles(folder, id).state, "utf8")));
  }
  async function save(job: ImportJob): Promise<void> {
    const { state, upload } = importFiles(folder, job.id);
    await onDisk(async () => {
      await written(`${state}.part`, (file) => file.writeFile(JSON.stringify(job)).then(() => {}));
      await rename(`${state}.part`, state);
      if (job.ended !== undefined) await rm(upload, { force: true });
    });
  }
  const remove = (id: string) => rm(join(folder, id), { recursive: true, force: true });
  return {
    async accept(asked, body) {
      const { upload } = importFiles(folder, asked.id);
      let bytes = 0;
      try {
        await onDisk(() => mkdir(join(folder, asked.id), { recursive: true, mode: 0o700 }));
        await written(upload, async (file) => {
          for await (const part of body) {
            await onDisk(() => file.write(part));
            bytes += part.length;
          }
        });
        const job: ImportJob = { ...asked, state: "waiting", bytes, bytes_read: 0, attempts: 0 };
        await save(job);
        return job;
      } catch (error) {
        await remove(asked.id);
        throw error;
      }
    },
    get,
    async list() {
      const ids = await unlessMissing(() => readdir(folder)) ?? [];
      const jobs = await Promise.all(ids.map(get));
      return jobs.filter((job) => job !== undefined).sort((a, b) => a.received - b.received || (a.id < b.id ? -1 : 1));
    },
    save,
    rejects: async (id) =>
      ID.test(id) ? await unlessMissing(() => readFile(importFiles(folder, id).rejects)) : undefined,
    remove,
  };
}

/** Writes a file and waits until it outlives a power cut. */
async function written(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await onDisk(() => open(path, "w", 0o600));
  try {
    await write(file);
    await onDisk(() => file.sync());
  } finally {
    await file.close();
  }
}

/** A disk that takes nothing is an outage. */
async function onDisk<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw new Unavailable(`the folder of imports cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

async function unlessMissing<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
