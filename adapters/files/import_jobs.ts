import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImportJob, ImportJobs } from "@/application/catalog/importing/jobs/import_job.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import type { Logger } from "@/application/ports.ts";
import { systemCode } from "./system_code.ts";

const ID = /^[0-9a-f-]{36}$/;
/** The names of a job's files, in a folder of its own. */
export const importFiles = (folder: string, id: string) => ({
  upload: join(folder, id, "upload"),
  state: join(folder, id, "state.json"),
  rejects: join(folder, id, "rejects"),
});

/** Files that were sent, in a folder each. A folder without a state is one that did not come in full. */
export function createImportJobs(folder: string, logger: Logger): ImportJobs {
  const broken = new Set<string>();
  /** When those ended that are known to have ended: nothing about them changes any more. */
  const ended = new Map<string, number>();
  async function get(id: string): Promise<ImportJob | undefined> {
    if (!ID.test(id)) return undefined;
    return await ifPresent(async () => JSON.parse(await readFile(importFiles(folder, id).state, "utf8")));
  }
  async function save(job: ImportJob): Promise<void> {
    const { state, upload } = importFiles(folder, job.id);
    await reportOutage(async () => {
      await writeForGood(`${state}.part`, (file) => file.writeFile(JSON.stringify(job)).then(() => {}));
      await rename(`${state}.part`, state);
      await syncFolder(join(folder, job.id));
    });
    // What is left of it goes with its folder.
    if (job.ended !== undefined) await rm(upload, { force: true }).catch(() => {});
  }
  /** One that cannot be read holds up no other, and is logged once. */
  const getReadable = (id: string) =>
    get(id).catch((error) => {
      if (!broken.has(id)) logger.warn("import-unreadable", { import: id, reason: messageOf(error) });
      broken.add(id);
      return undefined;
    });
  const ids = async () => (await ifPresent(() => readdir(folder)) ?? []).filter((name) => ID.test(name));
  const unended = async () => (await ids()).filter((id) => !ended.has(id));
  const remove = (id: string) => rm(join(folder, id), { recursive: true, force: true });
  return {
    async accept(asked, body) {
      try {
        await reportOutage(() => mkdir(join(folder, asked.id), { recursive: true, mode: 0o700 }));
        const bytes = await writeUpload(importFiles(folder, asked.id).upload, body);
        const job: ImportJob = { ...asked, state: "waiting", bytes, bytes_read: 0, attempts: 0 };
        await save(job);
        await reportOutage(() => syncFolder(folder));
        return job;
      } catch (error) {
        await remove(asked.id).catch(() => {});
        throw error;
      }
    },
    get,
    async list(before, limit) {
      const jobs: ImportJob[] = [];
      // Ids begin with the time.
      for (const id of (await ids()).sort().reverse()) {
        if (before !== undefined && id >= before) continue;
        const job = await getReadable(id);
        if (job !== undefined && jobs.push(job) === limit) break;
      }
      return jobs;
    },
    async unfinished() {
      const jobs = (await Promise.all((await unended()).map(getReadable))).filter((job) => job !== undefined);
      for (const job of jobs) if (job.ended !== undefined) ended.set(job.id, job.ended);
      return jobs.filter((job) => job.ended === undefined)
        .sort((a, b) => a.received - b.received || (a.id < b.id ? -1 : 1));
    },
    save,
    rejects: async (id) => ID.test(id) ? await ifPresent(() => readFile(importFiles(folder, id).rejects)) : undefined,
    remove,
    async removeEnded(before) {
      for (const [id, at] of [...ended]) {
        if (at >= before) continue;
        await remove(id);
        ended.delete(id);
      }
    },
    async removeUnfinished(before) {
      for (const id of await unended()) {
        const isFinished = await ifPresent(() => stat(importFiles(folder, id).state)) !== undefined;
        if (isFinished) continue;
        const begun = await ifPresent(() => stat(join(folder, id)));
        if (begun !== undefined && begun.mtimeMs < before) await remove(id);
      }
    },
  };
}

/** Writes a body as it comes; returns how many bytes it has. */
async function writeUpload(path: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  await writeForGood(path, async (file) => {
    for await (const part of body) {
      // A disk that is nearly full takes a part of what it is given.
      for (let at = 0; at < part.length;) {
        at += (await reportOutage(() => file.write(part, at, part.length - at))).bytesWritten;
      }
      bytes += part.length;
    }
  });
  return bytes;
}

/** Writes a file and waits until it outlives a power cut. */
async function writeForGood(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await reportOutage(() => open(path, "w", 0o600));
  try {
    await write(file);
    await reportOutage(() => file.sync());
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder outlive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A disk that refuses writes is an outage. The answer has its error code, and no path of the server. */
async function reportOutage<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const reason = systemCode(error) ?? messageOf(error);
    throw new Unavailable(`the folder of imports cannot be written: ${reason}`, { cause: error });
  }
}

async function ifPresent<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
