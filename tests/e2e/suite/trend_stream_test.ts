import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { ready } from "@/tests/support/processes/processes.ts";

describe("GET /v1/trends/stream of a process", () => {
  it("goes over a socket as it comes, to so many clients as are set, and ends when the service is stopped", async () => {
    const folder = Deno.makeTempDirSync();
    const trend = await ready("trend", { DATA_DIR: folder, TREND_STREAMS_MOST: "1" });
    const ask = () => fetch(`${trend.url("trend")}/v1/trends/stream`);
    const first = await ask();
    const reader = first.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("\ndata: ")) text += (await reader.read()).value;
    expect(text).toMatch(/^retry: 2000\n\nevent: books\nid: \S+\ndata: \{.*\}\n\n$/);
    const second = await ask();
    expect([second.status, second.headers.get("retry-after"), (await second.json()).type]).toEqual([
      503,
      "10",
      expect.stringContaining("overloaded"),
    ]);
    trend.signal("SIGTERM");
    expect((await trend.ended()).code).toBe(0);
    await reader.read().catch(() => {});
    await Deno.remove(folder, { recursive: true });
  });

  it("goes to one client as often as is set, and again once it has left one", async () => {
    const folder = Deno.makeTempDirSync();
    const trend = await ready("trend", { DATA_DIR: folder, CLIENT_STREAMS_MOST: "1" });
    const ask = (signal?: AbortSignal) => fetch(`${trend.url("trend")}/v1/trends/stream`, signal ? { signal } : {});
    const left = new AbortController();
    expect((await ask(left.signal)).status).toBe(200);
    const second = await ask();
    expect([second.status, second.headers.get("retry-after"), (await second.json()).type]).toEqual([
      429,
      "10",
      expect.stringContaining("too-many-requests"),
    ]);
    left.abort();
    const again = await eventually(async () => {
      const response = await ask();
      if (response.status === 200) return response;
      await response.body?.cancel();
    });
    await again.body?.cancel();
    trend.signal("SIGTERM");
    await trend.ended();
    await Deno.remove(folder, { recursive: true });
  });
});
