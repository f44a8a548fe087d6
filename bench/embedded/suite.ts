/** The whole suite in one process on SQLite, as its task starts it. */
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { startSuite } from "@/services/suite/app.ts";
import { createConsumerThread } from "@/services/suite/consumers/create_thread.ts";
import { silent as logger } from "@/tests/support/samples.ts";

export type Embedded = Awaited<ReturnType<typeof openSuite>>;

export async function openSuite() {
  const folder = await Deno.makeTempDir();
  const settings = readSettings({ DATA_DIR: folder, LOG_LEVEL: "error" }, []);
  const parts = openAdapters(settings, logger);
  const stores = { web: await parts.web(), trend: await parts.trend(), recommendation: await parts.recommendation() };
  const log = await parts.log();
  const adminToken = "bench-token-bench-token";
  const thread = createConsumerThread();
  const consumers = await thread.start(settings);
  const suite = await startSuite({ stores, log, consumers, leastReaders: 1, adminToken, clock, ids, logger });
  return {
    folder,
    stores,
    suite,
    adminToken,
    async close() {
      await suite.stop();
      await thread.close();
      await log.close();
      for (const store of Object.values(stores)) await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

type App = { fetch(request: Request): Response | Promise<Response> };

/** Asks a service of the suite without a socket. */
export const ask = async (app: App, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  await app.fetch(new Request(`http://bench.test${path}`, { headers }));

/** A new reader, as a visitor's browser has it. */
export async function visit(app: App): Promise<{ cookie: string; reader: string }> {
  const page = await ask(app, "/");
  await page.text();
  const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
  return { cookie, reader: cookie.slice("reader=".length, cookie.lastIndexOf(".")) };
}
