import { join } from "node:path";
import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, startFile } from "@/tests/support/processes/processes.ts";
import { head, openRaw } from "@/tests/support/http/raw_http.ts";

const ODD = [
  "\x16\x03\x01\x02\x00\r\n\r\n",
  head("GET /search?q=%00%ff"),
  head("GET /v1/books?limit=0x10", { Host: "a/metrics?x=" }),
  head("POST /v1/events", { "Content-Type": "application/json", "Content-Length": "1" }) + "{",
  head("POST /v1/events", { "Content-Type": "application/json", "Content-Length": "1000000" }) + "[",
  `GET /${"x".repeat(20_000)} HTTP/1.1\r\n\r\n`,
];

/** The lines of the log, each with what every line has. */
function linesOf(suite: Started): Record<string, unknown>[] {
  return suite.err().split("\n").filter((line) => line !== "" && !line.startsWith("ended: ")).map((text) => {
    const line = JSON.parse(text);
    expect(new Date(line.time).toISOString()).toBe(line.time);
    expect(["error", "warn", "info", "debug"]).toContain(line.level);
    expect([typeof line.service, typeof line.event]).toEqual(["string", "string"]);
    return line;
  });
}

describe("the log of a process", () => {
  let folder: string;
  const processes: Started[] = [];
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));
  afterEach(() => killAll(processes.splice(0)));
  const startNoisy = (env: Record<string, string> = {}) => {
    const suite = startFile("suite", "tests/support/suites/noisy_suite.ts", { DATA_DIR: folder, ...env });
    processes.push(suite);
    return suite;
  };

  it("has lines of JSON alone, whatever clients send and the runtime warns of, from start to SIGTERM", async () => {
    const suite = startNoisy({ LOG_LEVEL: "info" });
    await eventually(() => suite.out().includes("Ctrl-C"));
    const port = Number(new URL(suite.url("web")).port);
    for (const text of ODD) {
      const raw = await openRaw(port);
      await raw.send(text).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
      raw.close();
    }
    await eventually(() => linesOf(suite).filter(({ event }) => event === "runtime-warning").length === 3);
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
    const lines = linesOf(suite);
    const kinds = lines.filter(({ event }) => event === "runtime-warning").map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(["DeprecationWarning", "MaxListenersExceededWarning", "Warning"]);
    const requests = lines.filter(({ event }) => event === "request");
    expect(requests.filter(({ service }) => service === "web").length).toBeGreaterThan(0);
    expect(requests.filter(({ service }) => service === "suite")).toEqual([]);
  });

  it("has lines of JSON alone where the broker does not answer", async () => {
    const suite = startNoisy({ DATA_DIR: join(folder, "other"), KAFKA_BROKERS: "127.0.0.1:1" });
    await eventually(() => ["runtime-warning", "log-awaited"].every((event) => suite.err().includes(event)));
    suite.signal("SIGTERM");
    await suite.ended();
    linesOf(suite);
  });

  for (const how of ["reject", "throw", "thread"]) {
    it(`says in a line why it ends at an error that nobody has caught (${how})`, async () => {
      const suite = startNoisy({ NOISE: how });
      expect((await suite.ended()).code).toBe(1);
      const last = linesOf(suite).at(-1)!;
      expect([last.event, last.level]).toEqual(["runtime-fault", "error"]);
      expect(String(last.reason)).toContain("nobody catches this");
    });
  }

  for (const what of ["start", "joined"]) {
    it(`has no fault where the consumers' thread refuses while the suite still starts: a message says why (${what})`, async () => {
      const suite = startNoisy({ NOISE: what, DATA_DIR: join(folder, what) });
      expect((await suite.ended()).code).toBe(1);
      expect(suite.err()).toContain("bookstream: the thread refuses");
      expect(suite.err()).not.toContain("runtime-fault");
    });
  }
});
