import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, operate, ready } from "@/tests/support/processes/processes.ts";

describe("deno task simulate", () => {
  const folder = Deno.makeTempDirSync();
  let web: Started;
  const url = () => /web\s+(http\S+)\//.exec(web.out())![1]!;
  const env = () => ({ DATA_DIR: folder, WEB_URL: url() });
  const simulate = (...args: string[]) => operate("simulate", args, env());
  const kept = async (reader: string) => {
    const token = (await Deno.readTextFile(`${folder}/admin-token`)).trim();
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${url()}/v1/readers/${reader}`, { headers })).json()).items;
  };
  before(async () => {
    web = await ready("suite", { DATA_DIR: folder });
  });
  after(async () => {
    await killAll([web]);
    await Deno.remove(folder, { recursive: true });
  });

  it("plays readers, whose acts are accepted, counted once, and erased", async () => {
    const args = ["--readers", "3", "--acts", "40", "--rate", "1000", "--json"];
    const { code, out, err } = await simulate(...args);
    expect([code, err]).toEqual([0, expect.not.stringContaining("bookstream")]);
    expect(JSON.parse(out)).toEqual({ readers: 3, acts: 40, accepted: 40 });
    const before = await kept("simulated-1-1");
    expect(before.length).toBeGreaterThan(0);
    expect(JSON.parse((await simulate(...args)).out).accepted).toBe(40);
    expect(await kept("simulated-1-1")).toEqual(before);
    expect(JSON.parse((await simulate("--readers", "3", "--erase", "--json")).out)).toEqual({ erased: 3 });
    expect(await kept("simulated-1-1")).toEqual([]);
  });

  it("does the same for a seed whatever has been popular since, also in a catalogue of thousands of books", async () => {
    const books = Array.from({ length: 2_500 }, (_, at) => {
      const id = String(at).padStart(4, "0");
      return { id, title: `Title ${id}`, subjects: [], popularity: at % 50 };
    });
    let turns = 0;
    let sent: unknown[] = [];
    const shop = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { searchParams } = new URL(request.url);
      if (request.method === "POST") {
        const acts = await request.json();
        sent.push(...acts);
        return Response.json({ accepted: acts.length, rejected: [] });
      }
      const at = Number(searchParams.get("cursor") ?? 0);
      const from = searchParams.get("sort") === "title" ? at : (at + 100 * turns) % books.length;
      const next_cursor = at + 100 < books.length ? String(at + 100) : null;
      return Response.json({ items: books.slice(from, from + 100), next_cursor });
    });
    const runs: unknown[][] = [];
    for (; turns < 2; turns++) {
      sent = [];
      const { code } = await operate("simulate", ["--acts", "60", "--rate", "10000", "--json"], {
        ...env(),
        WEB_URL: `http://127.0.0.1:${shop.addr.port}`,
      });
      expect([code, sent.length]).toEqual([0, 60]);
      runs.push(sent);
    }
    await shop.shutdown();
    expect(runs[1]).toEqual(runs[0]);
  });

  it("says what is wrong with an argument, and where no web answers", async () => {
    const wrong = await simulate("--readers", "many");
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining("--readers: wanted a whole number from 1, found many"),
    ]);
    const gone = await operate("simulate", [], { ...env(), WEB_URL: "http://127.0.0.1:1" });
    expect([gone.code, gone.err]).toEqual([1, expect.stringMatching(/web does not answer at http:.*WEB_URL/)]);
  });
});
