import { join } from "node:path";
import { after, afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready } from "@/tests/support/processes/processes.ts";

const OLD = { admin: "the-old-admin-token", readers: "the-old-readers-token" };
const NEW = { admin: "the-new-admin-token", readers: "the-new-readers-token" };

const statusOf = async (url: string, token: string): Promise<number> => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return response.status;
};

describe("tokens in files, of services that run", () => {
  const folder = Deno.makeTempDirSync();
  const running: Started[] = [];
  afterEach(() => killAll(running.splice(0)));
  after(() => Deno.remove(folder, { recursive: true }));

  /** Writes both files as Kubernetes does: the folder that a link names is another one from then on. */
  async function write(admin: string, readers: string): Promise<void> {
    const next = `..${crypto.randomUUID()}`;
    await Deno.mkdir(join(folder, next));
    await Deno.writeTextFile(join(folder, next, "admin"), admin);
    await Deno.writeTextFile(join(folder, next, "readers"), readers);
    await Deno.symlink(next, join(folder, "..next"));
    await Deno.rename(join(folder, "..next"), join(folder, "..data"));
  }

  it("are exchanged without a restart: two hold while both stand there, and the old one no more once it is gone", async () => {
    await write(OLD.admin, OLD.readers);
    for (const name of ["admin", "readers"]) await Deno.symlink(`..data/${name}`, join(folder, name));
    const env = {
      DATA_DIR: join(folder, "data"),
      ADMIN_TOKEN_FILE: join(folder, "admin"),
      READERS_TOKEN_FILE: join(folder, "readers"),
    };
    const run = async (name: "web" | "trend" | "recommendation", more: Record<string, string> = {}) => {
      const started = await ready(name, { ...env, ...more });
      running.push(started);
      return started;
    };
    const [trend, recommendation] = [await run("trend"), await run("recommendation")];
    const web = await run("web", { TREND_URL: trend.url(), RECOMMENDATION_URL: recommendation.url() });
    const admins = [web, trend, recommendation].map((one) => `${one.url()}/v1/operations/dead-letters`);
    const readers = `${recommendation.url()}/v1/readers/r/recommendations`;
    /** What each of the tokens opens, and whether web's own still opens what it asks others for. */
    const opened = async ({ admin, readers: token }: typeof OLD) => [
      ...await Promise.all(admins.map((url) => statusOf(url, admin))),
      await statusOf(readers, token),
      (await (await fetch(`${web.url()}/`)).text()).length > 0 && /panel-unavailable/.test(web.err()),
    ];

    expect(await opened(OLD)).toEqual([200, 200, 200, 200, false]);
    expect(await opened(NEW)).toEqual([401, 401, 401, 401, false]);
    await write(`${OLD.admin}\n${NEW.admin}\n`, `${NEW.readers}\n${OLD.readers}\n`);
    expect(await opened(OLD)).toEqual([200, 200, 200, 200, false]);
    expect(await opened(NEW)).toEqual([200, 200, 200, 200, false]);
    await write(NEW.admin, NEW.readers);
    expect(await opened(OLD)).toEqual([401, 401, 401, 401, false]);
    expect(await opened(NEW)).toEqual([200, 200, 200, 200, false]);
  });
});
