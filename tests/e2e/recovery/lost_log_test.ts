import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "@/tests/docs/pages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { operate } from "@/tests/support/processes/processes.ts";
import { openSuite, servicesOf } from "@/tests/support/suites/embedded_suite.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";

const STEP = /```sh lost-log\n([\s\S]*?)```/;
const STATEMENT = /-e "([A-Z ]+) bookstream_(\w+)\.(\w+)"/g;

/** Runs the statements of docs/restore.md on the files of a folder. */
function removePositions(folder: string): void {
  for (const [, statement, name, table] of STEP.exec(text("docs/restore.md"))![1]!.matchAll(STATEMENT)) {
    const database = new DatabaseSync(join(folder, `${name}.db`));
    database.exec(`${statement} ${table}`);
    database.close();
    Deno.removeSync(join(folder, `${name}.db.sum`));
  }
}

async function started(folder: string) {
  const suite = await openSuite({ DATA_DIR: folder });
  const services = servicesOf(suite);
  const running: { stop(): Promise<void> }[] = [];
  const start = async <Service extends { stop(): Promise<void> }>(service: Promise<Service>): Promise<Service> => {
    running.push(await service);
    return await service;
  };
  async function stop() {
    for (const one of running) await one.stop();
    await suite.close();
  }
  try {
    const [web, trend] = [await start(services.web("all")), await start(services.trend())];
    return { web, trend, recommendation: await start(services.recommendation()), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

describe("a suite whose event log is lost", () => {
  it("is refused at start, and after the steps of docs/restore.md goes on with its data and a new log", async () => {
    const folder = await Deno.makeTempDir();
    const view = async ({ web }: Awaited<ReturnType<typeof started>>, reader: string) => {
      const acts = [{ type: "viewed", reader, book: "b" }, { type: "searched", reader, query: "b" }];
      expect((await web.fetch(new Request("http://suite.test/v1/events", sending("POST", acts)))).status).toBe(202);
    };
    const handledBy = async ({ recommendation }: Awaited<ReturnType<typeof started>>) =>
      (await (await recommendation.fetch(new Request("http://suite.test/readyz?verbose"))).json()).parts.consumer
        .handled;
    const readersOf = async ({ trend }: Awaited<ReturnType<typeof started>>) =>
      (await (await trend.fetch(new Request("http://suite.test/v1/trends/books"))).json()).items[0]?.readers;

    let suite = await started(folder);
    await suite.web.fetch(new Request("http://suite.test/v1/books", sending("POST", { id: "b", title: "B" })));
    await view(suite, "r1");
    await eventually(async () => await readersOf(suite) === 1);
    await eventually(async () => await handledBy(suite) >= 3);
    await suite.stop();

    for (const { name } of Deno.readDirSync(folder)) if (name.startsWith("log")) Deno.removeSync(join(folder, name));
    await expect(started(folder)).rejects.toThrow("docs/restore.md");

    removePositions(folder);
    for (const projection of ["recommendation", "trend"]) {
      const { code, out } = await operate("rebuild", [projection, "--dry-run"], { DATA_DIR: folder });
      expect([code, out]).toEqual([
        0,
        expect.stringMatching(/was built from \d acts? or more.* no longer has at least 1:/),
      ]);
    }
    suite = await started(folder);
    await view(suite, "r2");
    await eventually(async () => await readersOf(suite) === 2);
    await suite.stop();
    await Deno.remove(folder, { recursive: true });
  });
});
