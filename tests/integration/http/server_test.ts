import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { serviceToken } from "@/adapters/http/base/security/auth.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { head, statusOf } from "@/tests/support/http/raw_http.ts";
import { announcing, JSON_BODY, smallServers, TOKEN } from "@/tests/support/http/small_server.ts";

describe("the HTTP server", () => {
  const servers = smallServers();
  let running: Awaited<ReturnType<typeof servers.serve>>;
  afterEach(servers.close);

  it("answers GET, HEAD with the length of GET, and POST on one connection", async () => {
    running = await servers.serve();
    const raw = await servers.open();
    await raw.send(head("GET /v1/things") + head("HEAD /v1/things"));
    await raw.send(head("POST /v1/things", { ...JSON_BODY, "Content-Length": "2", Connection: "close" }) + "{}");
    const all = await raw.ended();
    expect(all.match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3);
    expect(all.match(/content-length: 11\r\n/gi)?.length).toBe(2);
    expect(all).toContain('{"characters":2}');
  });

  it("sends what is compressed byte for byte, with its length", async () => {
    running = await servers.serve();
    const asked = { headers: { "accept-encoding": "gzip" } };
    // fetch unpacks what it gets, and fails where that is broken.
    const response = await fetch(`${running.url}/v1/text`, asked);
    expect(await response.text()).toBe("ä word, ".repeat(1_000));
    const { headers } = await fetch(`${running.url}/v1/text`, { ...asked, method: "HEAD" });
    expect(headers.get("vary")).toBe("accept-encoding");
  });

  it("refuses without its body what needs a token, what is too long and what is no JSON, and closes the connection", async () => {
    running = await servers.serve();
    const cases: [string, number][] = [
      [head("PUT /v1/things", { ...JSON_BODY, "Content-Length": "1000000" }), 401],
      [head("POST /v1/things", { ...JSON_BODY, "Content-Length": "2000000" }), 413],
      [head("POST /v1/things", { "Content-Type": "text/plain", "Content-Length": "1000000" }), 415],
    ];
    for (const [request, status] of cases) {
      const raw = await servers.open();
      await raw.send(request);
      const all = await raw.ended();
      expect([statusOf(all), /connection: close/i.test(all)]).toEqual([status, true]);
    }
  });

  it("asks for a body that waits for it, and only where it is wanted", async () => {
    running = await servers.serve();
    const wanted = await servers.open();
    await wanted.send(
      head("POST /v1/things", { ...JSON_BODY, "Content-Length": "2", Expect: "100-continue", Connection: "close" }),
    );
    await eventually(() => wanted.text().includes("100 Continue"));
    await wanted.send("{}");
    expect(await wanted.ended()).toContain("200 OK");
    const refused = await servers.open();
    await refused.send(head("PUT /v1/things", { ...JSON_BODY, "Content-Length": "2", Expect: "100-continue" }));
    expect(statusOf(await refused.ended())).toBe(401);
  });

  it("logs nothing when a client leaves within its body, its head or its answer", async () => {
    running = await servers.serve();
    for (const part of [`${announcing()}[1,`, "GET /v1/th", head("GET /v1/events")]) {
      const raw = await servers.open();
      await raw.send(part);
      await new Promise((resolve) => setTimeout(resolve, 50));
      raw.close();
    }
    expect(await servers.answers()).toBe(true);
    expect(running.lines).toEqual([]);
  });

  it("gives up a stream that begins after its client has left, and one that its client leaves", async () => {
    running = await servers.serve();
    for (const [at, leavesAfter] of [50, 400].entries()) {
      const raw = await servers.open();
      await raw.send(head("GET /v1/late-events"));
      await new Promise((resolve) => setTimeout(resolve, leavesAfter));
      raw.close();
      await eventually(() => running.lines.length === at + 1, 10_000);
    }
    expect(running.lines).toEqual(["stream-cancelled", "stream-cancelled"]);
  });

  it("says what it wanted where an address has signs as they are typed", async () => {
    running = await servers.serve();
    const raw = await servers.open();
    await raw.send(head("GET /v1/books?q=Müller"));
    const answer = await raw.ended();
    expect([statusOf(answer), JSON.parse(answer.split("\r\n\r\n")[1]!).detail]).toEqual([
      400,
      expect.stringContaining("percent-encoding"),
    ]);
    expect(Number(/Content-Length: (\d+)/.exec(answer)?.[1])).toBe(answer.split("\r\n\r\n")[1]!.length);
  });

  it("answers rubbish with 400, a head that is too long with 431, and logs neither", async () => {
    running = await servers.serve();
    for (
      const [rubbish, status] of [["\x16\x03\x01\r\n\r\n", 400], [head(`GET /${"x".repeat(20_000)}`), 431]] as const
    ) {
      const raw = await servers.open();
      await raw.send(rubbish);
      expect(statusOf(await raw.ended())).toBe(status);
    }
    expect(running.lines).toEqual([]);
  });

  it("keeps what comes after a refused head from the connections of others", async () => {
    running = await servers.serve({ deadlines: { headMs: 300 } });
    const bad = [await servers.open(), await servers.open(), await servers.open()];
    for (const [at, raw] of bad.entries()) await raw.send(at === 0 ? "GET /" : "\x16\x03\x01\r\n\r\n");
    for (const raw of bad) await eventually(() => raw.text().includes("HTTP/1.1 4"));
    // Whoever comes next gets their parsers.
    const good = [await servers.open(), await servers.open(), await servers.open(), await servers.open()];
    for (const raw of good) await raw.send("GET /v1/things HTTP/1.1\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const raw of bad) await raw.send("\x00rubbish").catch(() => {});
    bad[2]!.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const raw of good) await raw.send("Host: 127.0.0.1\r\nConnection: close\r\n\r\n");
    for (const raw of good) expect(statusOf(await raw.ended())).toBe(200);
    expect(running.lines).toEqual([]);
  });

  it("takes no route from the Host: 400 unless it is host or host:port", async () => {
    running = await servers.serve({}, { allowedHosts: ["shop.example", "127.0.0.1"] });
    const cases: [string, number][] = [
      ["a/livez?x=", 400],
      ["a/metrics#", 400],
      ["user@shop.example", 400],
      ["shop.example:port", 400],
      ["1.2.3.999", 400],
      ["other.example", 421],
      ["Shop.Example:8000", 200],
    ];
    for (const [host, status] of cases) {
      const raw = await servers.open();
      await raw.send(head("GET /v1/things", { Host: host, Connection: "close" }));
      expect([host, statusOf(await raw.ended())]).toEqual([host, status]);
    }
    const forwarded = await servers.open();
    const named = { "Host": "other.example", "X-Forwarded-Host": "shop.example", "Connection": "close" };
    await forwarded.send(head("GET /v1/things", named));
    expect(statusOf(await forwarded.ended())).toBe(421);
    const service = await servers.open();
    const called = { Host: "web:8000", Authorization: `Bearer ${serviceToken(TOKEN)}`, Connection: "close" };
    await service.send(head("GET /v1/things", called));
    expect(statusOf(await service.ended())).toBe(200);
    const twice = await servers.open();
    await twice.send("GET /v1/things HTTP/1.1\r\nHost: shop.example\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(statusOf(await twice.ended())).toBe(400);
    expect(running.lines).toEqual([]);
  });
});
