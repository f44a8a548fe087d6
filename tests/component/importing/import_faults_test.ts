import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { createImportJobs } from "@/adapters/files/import_jobs.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import type { ImportJob, ImportJobs } from "@/application/catalog/importing/jobs/import_job.ts";
import { startImportJobs } from "@/application/catalog/importing/jobs/import_jobs.ts";
import { emptyReport } from "@/application/catalog/importing/import_report.ts";
import type { ImportRow } from "@/application/catalog/importing/columns/import_source.ts";
import { importBooks } from "@/application/catalog/importing/import_books.ts";
import { removeBooks } from "@/application/catalog/books/remove_books.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { Unavailable } from "@/application/faults.ts";
import { startImports } from "@/services/web/imports.ts";
import { webBus } from "@/services/web/app.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** A clock whose pauses take no time, and are counted. */
function quickClock() {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => Date.now(),
    async sleep(ms: number) {
      pauses.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

const request = { dry_run: false, replace: false };
const bytes = async function* (text: string) {
  yield await Promise.resolve(new TextEncoder().encode(text));
};
async function* rowsOf(count: number, fault?: Error): AsyncGenerator<ImportRow> {
  for (let at = 0; at < count; at++) {
    yield await Promise.resolve({ line: "", columns: { id: `${at}`, title: "T" } });
  }
  if (fault !== undefined) throw fault;
}

describe("an import whose surroundings fail", () => {
  let folder: string;
  let jobs: ImportJobs;
  let id: string;
  const accept = async (text = "id,title\n1,One\n") => {
    id = ids.fresh();
    return await jobs.accept({ id, request, received: Date.now() }, bytes(text));
  };
  const ended = async () => {
    let job: ImportJob | undefined;
    await eventually(async () => (job = await jobs.get(id))?.ended !== undefined);
    return job!;
  };
  const deps = (clock = quickClock()) => ({ leases: createMemoryWebStore().leases, clock, logger, owner: "me" });
  const realDeps = () => {
    const [store, clock] = [createMemoryWebStore(), quickClock()];
    return { folder, store, bus: webBus({ store, clock, ids }), clock, ids, logger, owner: "me" };
  };
  before(async () => {
    folder = await Deno.makeTempDir();
    jobs = createImportJobs(folder, logger);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("waits while its state cannot be stored, after pauses that grow to a minute", async () => {
    await accept();
    let faults = 8;
    const clock = quickClock();
    const save = (job: ImportJob) =>
      job.state === "running" && faults-- > 0 ? Promise.reject(new Unavailable("disk full")) : jobs.save(job);
    const run = () => Promise.resolve({ report: emptyReport() });
    const imports = startImportJobs({ ...deps(clock), jobs: { ...jobs, save }, run });
    expect((await ended()).state).toBe("done");
    await imports.stop();
    expect(clock.pauses).toEqual(expect.arrayContaining([2_000, 4_000, 32_000, 60_000]));
  });

  it("that has failed is not told to run by what it hears late", async () => {
    await accept();
    let hearLate = () => {};
    let now = Date.now();
    const late = { ...quickClock(), now: () => now += 2_000 };
    const imports = startImportJobs({
      ...deps(),
      clock: late,
      jobs,
      run: (_job, { onProgress }) => {
        hearLate = () => onProgress(emptyReport(), 1);
        return Promise.reject(new Error("odd row"));
      },
    });
    await ended();
    hearLate();
    await imports.stop();
    expect(await jobs.get(id)).toMatchObject({ state: "failed", detail: "odd row" });
  });

  it("is failed when its process ended five times, and not begun again", async () => {
    await jobs.save({ ...await accept(), state: "running", attempts: 5, cut_off: 4 });
    let begun = 0;
    const run = () => {
      begun++;
      return Promise.resolve({ report: emptyReport() });
    };
    const imports = startImportJobs({ ...deps(), jobs, run });
    const job = await ended();
    await imports.stop();
    expect([job.state, job.detail, begun]).toEqual(["failed", expect.stringContaining("ended 5 times"), 0]);
  });

  it("that was stopped waits for the next process, and counts as no end of one", async () => {
    await accept();
    const imports = startImportJobs({
      ...deps(),
      jobs,
      run: (_job, { signal }) =>
        new Promise((_, reject) => {
          // The stop may come between the stored state and this.
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    });
    await eventually(async () => (await jobs.get(id))?.state === "running");
    await imports.stop();
    expect(await jobs.get(id)).toMatchObject({ state: "waiting", cut_off: 0 });
    await jobs.remove(id);
  });

  it("is begun again where the disk fails it, and names no path of the server", async () => {
    const gone = await accept();
    await Deno.remove(join(folder, id, "upload"));
    await accept();
    const upload = join(folder, id, "upload");
    await Deno.rename(upload, `${upload}.away`);
    // Reading it is a loop of links, until the file takes the link's place at once.
    await Deno.symlink(upload, upload);
    const imports = startImports(realDeps());
    await eventually(async () => {
      const job = await jobs.get(id);
      return job?.state === "waiting" && job.attempts > 0;
    });
    await Deno.rename(`${upload}.away`, upload);
    const job = await ended();
    await imports.stop();
    expect([job.state, job.report?.added]).toEqual(["done", 1]);
    expect(await jobs.get(gone.id)).toMatchObject({
      state: "failed",
      detail: "the stored file is gone: send it again",
    });
  });

  it("stores the packet under way before it rejects", async () => {
    const { store, bus } = realDeps();
    let isStored = false;
    const slow = {
      ...bus,
      async dispatch(...args: Parameters<typeof bus.dispatch>) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const outcomes = await bus.dispatch(...args);
        isStored = true;
        return outcomes;
      },
    };
    await expect(importBooks({ bus: slow, shelf: store.shelf, ids }, rowsOf(1_001, new Error("odd row")))).rejects
      .toThrow("odd row");
    expect(isStored).toBe(true);
  });

  it("removes nothing more once it is stopped", async () => {
    const { store: { shelf }, bus } = realDeps();
    await importBooks({ bus, shelf, ids }, rowsOf(1));
    const removal = removeBooks({ bus, shelf, ids }, { isRemoved: () => true, signal: AbortSignal.abort() });
    await expect(removal).rejects.toThrow();
    expect((await shelf.byIds(["0"])).length).toBe(1);
  });

  it("is read once when it has ended, and removed after its time", async () => {
    const said: string[] = [];
    const own = createImportJobs(folder, { ...logger, warn: (event) => void said.push(event) });
    const old = { ...await accept(), state: "done" as const, ended: 1_000 };
    await own.save(old);
    await own.removeEnded(2_000);
    expect(await own.get(id)).toEqual(old);
    expect((await own.unfinished()).some((job) => job.id === id)).toBe(false);
    const state = join(folder, id, "state.json");
    await Deno.writeTextFile(state, "{");
    expect((await own.unfinished()).some((job) => job.id === id)).toBe(false);
    expect(said).toEqual([]);
    await own.removeEnded(1_000);
    expect((await Deno.stat(state)).isFile).toBe(true);
    await own.removeEnded(2_000);
    await expect(Deno.stat(state)).rejects.toThrow(Deno.errors.NotFound);
  });

  it("leaves no upload that did not come in full for longer than it may be under way", async () => {
    const [half, whole] = [join(folder, ids.fresh()), (await accept()).id];
    await Deno.mkdir(half);
    await jobs.removeUnfinished(Date.now() - 60_000);
    expect((await Deno.stat(half)).isDirectory).toBe(true);
    await jobs.removeUnfinished(Date.now() + 60_000);
    await expect(Deno.stat(half)).rejects.toThrow(Deno.errors.NotFound);
    expect((await jobs.get(whole))?.state).toBe("waiting");
  });
});
