import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { head, statusOf } from "@/tests/support/http/raw_http.ts";
import { announcing, JSON_BODY, smallServers } from "@/tests/support/http/small_server.ts";

const SHORT = { headMs: 300, requestMs: 600, keepAliveMs: 300, stallMs: 1_000 };

describe("the limits of the HTTP server", () => {
  const servers = smallServers();
  let running: Awaited<ReturnType<typeof servers.serve>>;
  afterEach(servers.close);

  it("ends a head and a body that do not come in time with 408", async () => {
    running = await servers.serve({ deadlines: SHORT });
    for (const slow of ["", "GET / HTTP/1.1\r\n", `${announcing()}[`]) {
      const raw = await servers.open();
      if (slow !== "") await raw.send(slow);
      expect([slow.slice(0, 4), statusOf(await raw.ended())]).toEqual([slow.slice(0, 4), 408]);
    }
    expect(running.lines).toEqual([]);
  });

  it("lets the body of a file take long while it comes at a pace, and ends one that does not, or takes too long", async () => {
    running = await servers.serve({ deadlines: SHORT, longBody: { leastBytesPerSecond: 1_000, mostMs: 3_000 } });
    /** So many parts of 1,000 bytes in 200 ms each, of a body of 10,000 bytes. */
    const send = async (parts: number, path = "/v1/files") => {
      const raw = await servers.open();
      await raw.send(head(`POST ${path}`, { ...JSON_BODY, "Content-Length": "10000", Connection: "close" }));
      for (let at = 0; at < parts; at++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        await raw.send("x".repeat(1_000)).catch(() => {});
      }
      return await raw.ended();
    };
    const endless = async () => {
      const raw = await servers.open();
      await raw.send(head("POST /v1/files", { ...JSON_BODY, "Content-Length": "1000000" }));
      for (let at = 0; at < 25 && raw.text() === ""; at++) {
        await raw.send("x".repeat(1_000)).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return await raw.ended();
    };
    const [whole, stopped, other, long] = await Promise.all([send(10), send(6), send(10, "/v1/things"), endless()]);
    expect([statusOf(whole), whole.endsWith('{"bytes":10000}')]).toEqual([200, true]);
    expect([stopped, other, long].map(statusOf)).toEqual([408, 408, 408]);
  });

  it("cuts no answer by these deadlines, neither one that takes long to begin nor a stream", async () => {
    running = await servers.serve({ deadlines: SHORT });
    expect((await (await fetch(`${running.url}/v1/slow`)).json()).ok).toBe(true);
    expect((await (await fetch(`${running.url}/v1/events`)).text()).match(/data/g)?.length).toBe(6);
  });

  it("stops reading at the limit, whatever was announced: 4 kB for one item, 1 MiB for a list", async () => {
    running = await servers.serve();
    const post = async (body: string) => {
      const response = await fetch(`${running.url}/v1/things`, { method: "POST", headers: JSON_BODY, body });
      await response.body?.cancel();
      return response.status;
    };
    expect(await post(JSON.stringify("x".repeat(5_000)))).toBe(413);
    expect(await post(`  ${JSON.stringify(["x".repeat(5_000)])}`)).toBe(200);
    const raw = await servers.open();
    await raw.send(head("POST /v1/things", { ...JSON_BODY, "Transfer-Encoding": "chunked" }));
    for (let at = 0; at < 17; at++) {
      await raw.send(`10000\r\n${at === 0 ? "[" : " "}${" ".repeat(65_535)}\r\n`).catch(() => {});
    }
    expect(statusOf(await raw.ended())).toBe(413);
  });

  it("closes an idle or slow connection for a new one where a client has too many, and none that is answered", async () => {
    running = await servers.serve({ limits: { most: 100, mostPerClient: 5 } });
    const slow = await Promise.all(Array.from({ length: 4 }, servers.open));
    for (const raw of slow) await raw.send("GET / HT");
    const answered = await servers.open();
    await answered.send(head("GET /v1/slow", { Connection: "close" }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await servers.answers()).toBe(true);
    await slow[0]!.ended();
    expect(statusOf(await answered.ended())).toBe(200);
  });

  it("refuses bodies that do not come at all, once a client has many of them, and goes on answering", async () => {
    running = await servers.serve({ bodies: { most: 50, mostPerClient: 3 } });
    const slow = [];
    for (let at = 0; at < 3; at++) {
      const raw = await servers.open();
      await raw.send(`${announcing()}[`);
      slow.push(raw);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const fourth = await servers.open();
    await fourth.send(`${announcing()}[`);
    const all = await fourth.ended();
    expect([statusOf(all), /retry-after: \d/i.test(all)]).toEqual([503, true]);
    expect(await servers.answers()).toBe(true);
    const whole = await fetch(`${running.url}/v1/things`, { method: "POST", headers: JSON_BODY, body: "[1]" });
    expect([whole.status, (await whole.json()).characters]).toEqual([200, 3]);
    // One that has stalled for two seconds makes room.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    await (await servers.open()).send(`${announcing()}[`);
    await slow[0]!.ended();
  });

  it("lets requests at hand end when it closes, and cuts those that take longer than a second", async () => {
    running = await servers.serve();
    const [idle, slow] = [await servers.open(), await servers.open()];
    await slow.send(head("GET /v1/slow"));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const from = performance.now();
    await running.close();
    expect(performance.now() - from).toBeLessThan(1_500);
    expect(statusOf(await slow.ended())).toBe(200);
    expect(await idle.ended()).toBe("");
    running = await servers.serve();
  });

  it("closes in full when a client resets its connection meanwhile", async () => {
    running = await servers.serve();
    const client = await Deno.connect({ hostname: "127.0.0.1", port: running.port });
    await client.write(new TextEncoder().encode(head("GET /v1/events")));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const closed = running.close();
    // The system resets a connection that is closed with bytes that nobody has read.
    client.close();
    await closed;
    running = await servers.serve();
  });
});
