import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { eventually } from "@/tests/support/eventually.ts";
import { ready } from "@/tests/support/processes/processes.ts";
import { smallDisk } from "@/tests/support/processes/small_disk.ts";

const TOKEN = "a-token-for-tests-only";
const disk = await smallDisk(24);
if (typeof disk === "string") console.log(`left out: the suite on a full disk (mount: ${disk})`);

describe("a full disk", () => {
  after(() => typeof disk === "string" ? undefined : disk.remove());

  it("is an outage: writes are answered 503, reads go on, nothing is broken, and it recovers by itself", {
    skip: typeof disk === "string",
  }, async () => {
    if (typeof disk === "string") throw new Error(disk);
    const suite = await ready("suite", {
      DATA_DIR: disk.folder,
      SAMPLE_CATALOGUE: "off",
      ADMIN_TOKEN: TOKEN,
      TREND_MIN_READERS: "1",
    });
    const [web, trend] = [suite.url("web"), suite.url("trend")];
    const send = (path: string, body: unknown) =>
      fetch(web + path, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
      });
    let accepted = 0;
    let reader = 0;
    /** Readers of their own view the book; says how it was answered. */
    const view = async (readers: number): Promise<Response> => {
      const acts = Array.from({ length: readers }, () => ({ type: "viewed", reader: `r${reader++}`, book: "b" }));
      const response = await send("/v1/events", acts);
      if (response.status === 202) accepted += (await response.json()).accepted;
      return response;
    };
    const counted = async () => (await (await fetch(`${trend}/v1/trends/books`)).json()).items[0]?.count;

    expect((await send("/v1/books", { id: "b", title: "Title" })).status).toBe(201);
    expect((await view(50)).status).toBe(202);
    await eventually(async () => await counted() === accepted);

    disk.fill();
    const refused = await eventually(async () => {
      const response = await view(200);
      return response.status !== 202 && response;
    });
    expect([refused.status, refused.headers.get("content-type"), refused.headers.has("retry-after")])
      .toEqual([503, "application/problem+json", true]);
    expect((await refused.json()).title).toBe("Unavailable");
    for (const url of [`${web}/v1/books/b`, `${web}/livez`, `${web}/search?q=title`, `${trend}/v1/trends/books`]) {
      const answer = await fetch(url);
      expect([url, answer.status]).toEqual([url, 200]);
      await answer.body?.cancel();
    }

    disk.free();
    await eventually(async () => (await view(50)).status === 202);
    await eventually(async () => await counted() === accepted);
    await eventually(async () => (await fetch(`${web}/readyz`)).status === 200);
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
    for (const name of ["web", "trend", "recommendation", "log"]) {
      const database = new DatabaseSync(join(disk.folder, `${name}.db`));
      expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
      database.close();
    }
  });
});
