import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, importingSuite } from "@/tests/support/suites/memory_suite.ts";

describe("POST /v1/imports", () => {
  let suite: Awaited<ReturnType<typeof importingSuite>>;
  const send = (query: string, body: BodyInit, init: RequestInit = AS_ADMIN) =>
    suite.asks.web(`/v1/imports${query}`, { ...init, method: "POST", body });
  const ended = async (response: Response) => {
    let job = await response.json();
    await eventually(async () => {
      job = await (await suite.asks.web(response.headers.get("location")!, AS_ADMIN)).json();
      return job.ended !== undefined;
    });
    return job;
  };
  before(async () => {
    suite = await importingSuite();
  });
  after(() => suite.stop());

  it("stores the file, imports it as the command does, and says what became of its rows", async () => {
    const response = await send("?map=id%3DNr", "Nr;title;Fach\n1;Eins;1999\n2;;2001\n3;Drei;abc\n");
    expect([response.status, response.headers.get("location")]).toEqual([
      202,
      expect.stringMatching(/^\/v1\/imports\//),
    ]);
    const job = await ended(response);
    expect(job).toMatchObject({ state: "done", bytes: 45, bytes_read: 45, attempts: 1 });
    expect(job.report).toMatchObject({ rows: 3, added: 2, rejected: 1, unused: ["Fach"], reasons: { "no title": 1 } });
    const rejects = await (await suite.asks.web(job.rejects, AS_ADMIN)).text();
    expect(rejects).toBe("import_row;import_reason;Nr;title;Fach\n2;no title;2;;2001\n");
    expect((await suite.asks.web("/v1/books/3")).status).toBe(200);
    const again = await ended(await send("?map=id%3DNr", rejects.replace(";;", ";Zwei;")));
    expect(again.report).toMatchObject({ rows: 1, added: 1 });
  });

  it("tries only, where that is asked for", async () => {
    const job = await ended(await send("?dry_run=true", '{"id":"dry","title":"Dry"}\n'));
    expect([job.dry_run, job.report.added, (await suite.asks.web("/v1/books/dry")).status]).toEqual([true, 1, 404]);
  });

  it("says why a file is of no use, and what would help", async () => {
    const job = await ended(await send("", "Nr;Überschrift\n1;Das Meer\n"));
    expect([job.state, job.detail]).toEqual(["failed", expect.stringContaining("?map=title%3D%C3%9Cberschrift")]);
    expect((await ended(await send("", "PK\x03\x04…"))).detail).toContain("workbook");
    const noColumn = await ended(await send("?map=id%3DNumber", "Nr;title\n1;Eins\n"));
    expect(noColumn.detail).toMatch(/^map: the file has no column Number/);
  });

  it("refuses an encoding that is not known before the file is stored", async () => {
    const response = await send("?encoding=klingon", "id,title\nk,K\n");
    expect([response.status, (await response.json()).errors]).toEqual([
      422,
      [{ parameter: "encoding", detail: expect.stringMatching(/^the encoding klingon is not known/) }],
    ]);
  });

  it("gives back the refused rows of a file of which all were refused", async () => {
    const job = await ended(await send("", "id,title\n8,\n9,\n"));
    expect([job.state, job.report.rejected]).toEqual(["failed", 2]);
    const rejects = await (await suite.asks.web(job.rejects, AS_ADMIN)).text();
    expect(rejects.trim().split("\n").length).toBe(3);
  });

  it("removes what the file does not have, but nothing where a row was refused", async () => {
    await ended(await send("", "id,title\nold,Old\nnew,New\n"));
    const kept = await ended(await send("?replace=true", "id,title\nnew,New\nold,\n"));
    expect([kept.state, kept.report.removed, kept.detail]).toEqual(["done", 0, expect.stringContaining("refused")]);
    expect((await suite.asks.web("/v1/books/old")).status).toBe(200);
    const replaced = await ended(await send("?replace=true", "id,title\nnew,New\n"));
    expect([replaced.state, replaced.report.removed > 0, replaced.detail]).toEqual(["done", true, undefined]);
    expect((await suite.asks.web("/v1/books/old")).status).toBe(404);
  });

  it("lists imports, the newest first, page by page", async () => {
    const sent = [];
    for (const id of ["l1", "l2", "l3"]) sent.push((await ended(await send("", `id,title\n${id},A\n`))).id);
    const list = async (query: string) => await (await suite.asks.web(`/v1/imports?${query}`, AS_ADMIN)).json();
    const first = await list("limit=2");
    expect(first.items.map(({ id }: { id: string }) => id)).toEqual([sent[2], sent[1]]);
    expect(first.items[0]).toMatchObject({ state: "done", report: { added: 1 } });
    const second = await list(`limit=100&cursor=${first.next_cursor}`);
    expect([second.items[0].id, second.next_cursor]).toEqual([sent[0], null]);
    expect((await suite.asks.web("/v1/imports", { headers: {} })).status).toBe(401);
  });

  it("skips one whose state cannot be read, and imports the others", async () => {
    const broken = join(suite.folder, crypto.randomUUID());
    await Deno.mkdir(broken);
    await Deno.writeTextFile(join(broken, "state.json"), "{");
    expect((await ended(await send("", "id,title\nnext,Next\n"))).state).toBe("done");
    await Deno.remove(broken, { recursive: true });
  });

  it("wants the admin token, a file and options that it knows; keeps nothing of what it refuses", async () => {
    const kept = () => [...Deno.readDirSync(suite.folder)].length;
    const before = kept();
    const anonymous = { headers: { "content-type": "text/csv" } };
    expect((await send("", "id,title\n", anonymous)).status).toBe(401);
    expect((await suite.asks.web("/v1/imports/x", anonymous)).status).toBe(401);
    expect((await send("", "")).status).toBe(400);
    expect((await send("?map=Nr", "id\n")).status).toBe(422);
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    expect((await send("", broken)).status).toBe(400);
    expect((await suite.asks.web("/v1/imports/..%2f..%2fetc", AS_ADMIN)).status).toBe(404);
    expect((await suite.asks.web("/v1/imports/none/rejects", AS_ADMIN)).status).toBe(404);
    expect(kept()).toBe(before);
  });
});
