/** How fast the embedded suite takes events, and counts them in both projections. */
import { cpuUsage } from "node:process";
import { DatabaseSync } from "node:sqlite";
import { filesIn } from "@/services/shared/adapters/embedded.ts";
import { acts, READERS } from "@/bench/acts.ts";
import { runSqlite } from "@/bench/bare/sqlite.ts";
import { perSecond, type Report, showRate, until } from "@/bench/report.ts";
import { inBatches } from "@/bench/views.ts";
import type { Embedded } from "./suite.ts";

const BATCH = 500;

export async function measureEvents(
  { suite, stores, folder, adminToken }: Embedded,
  report: Report,
  events: number,
): Promise<void> {
  const batches = [...inBatches(acts(events), BATCH)];
  const baseline = (name: string) => runSqlite({ file: `${folder}/${name}.db`, events, batch: BATCH });
  const before = await baseline("before");
  const handled = () => Promise.all([suite.trend.handled(), suite.recommendation.handled()]);
  const start = await handled();
  const sizes = sizesOf(folder);
  const used = cpuUsage();
  const from = performance.now();
  for (const batch of batches) await post({ web: suite.web, adminToken }, batch);
  const accepted = perSecond(events, performance.now() - from);
  await until(async () => (await handled()).every((count, at) => count - start[at]! >= events));
  const visible = perSecond(events, performance.now() - from);
  const { user, system } = cpuUsage(used);
  const after = await baseline("after");
  await until(async () => await stores.web.outbox.size() === 0);
  const bytes = sizesOf(folder).map(({ name, size }, at) => ({ name, size: (size - sizes[at]!.size) / events }));

  const cpuUs = (user + system) / events;
  report.keep("accepted", accepted, "1/s");
  report.keep("visible", visible, "1/s");
  report.keep("processor_per_event", cpuUs, "us");
  const disk = bytes.reduce((sum, { size }) => sum + size, 0);
  report.keep("disk_per_event", disk, "B");
  report.keep("sqlite_insert", (before + after) / 2, "1/s");
  report.say(
    `events: ${events} from ${READERS} readers in batches of ${BATCH}: accepted ${showRate(accepted)}, ` +
      `visible in both consumers ${showRate(visible)}; ${
        cpuUs.toFixed(0)
      } µs of processor time an event, the client's with it`,
  );
  const each = bytes.map(({ name, size }) => `${name} ${size.toFixed(0)}`);
  report.say(`  ${disk.toFixed(0)} bytes of disk an event: ${each.join(", ")}`);
  report.say(
    "  baseline, one insert per event into one plain node:sqlite table, in a process of its own: " +
      `${showRate(before)} before, ${showRate(after)} after`,
  );
}

/** The bytes that each file's tables take. */
const sizesOf = (folder: string): { name: string; size: number }[] =>
  Object.entries(filesIn(folder)).map(([name, path]) => {
    const file = new DatabaseSync(path, { readOnly: true });
    const sql =
      "SELECT (page_count - freelist_count) * page_size AS n FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    const size = Number(file.prepare(sql).get()!.n);
    file.close();
    return { name, size };
  });

/** With the token, as an act under a reader's id that a client has made up counts as nobody's without it. */
async function post(
  { web, adminToken }: { web: Embedded["suite"]["web"]; adminToken: string },
  batch: ReturnType<typeof acts>,
): Promise<void> {
  const response = await web.fetch(
    new Request("http://bench.test/v1/events", {
      method: "POST",
      body: JSON.stringify(batch),
      headers: { "content-type": "application/json", authorization: `Bearer ${adminToken}` },
    }),
  );
  const { accepted } = await response.json();
  if (accepted !== batch.length) throw new Error(`only ${accepted} of ${batch.length} accepted`);
}
