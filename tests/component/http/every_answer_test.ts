import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { SECURITY_HEADERS } from "@/adapters/http/base/security/security_headers.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";
import { silent } from "@/tests/support/samples.ts";

const CLIENT = { address: "198.51.100.7" };

function setUp() {
  const requests: { route?: string; status?: number }[] = [];
  const logger = {
    ...silent,
    info: (event: string, facts = {}) => void (event === "request" && requests.push(facts)),
  };
  const app = bareApp({ logger, http: { rates: { client: { perSecond: 1, burst: 7 } }, now: () => 0 } });
  app.get("/assets/style.css", (context) => context.body("a {}"));
  app.get("/v1/things/:id", (context) => context.json({ ok: true }));
  app.delete("/v1/things/:id", (context) => context.body(null, 204));
  app.get("/away", (context) => context.redirect("/v1/things/1"));
  app.get("/faulty", () => Promise.reject(new Error("a fault")));
  app.get("/cut", (context) => context.body(new ReadableStream({ start: (body) => body.error(new Error("cut")) })));
  const ask = async (path: string, method = "GET") => await app.request(path, { method }, CLIENT);
  return { ask, requests };
}

type Asked = [status: number, path: string, method?: string];
const ASKED: Asked[] = [
  [200, "/v1/things/1"],
  [200, "/v1/things/1", "HEAD"],
  [204, "/v1/things/1", "DELETE"],
  [302, "/away"],
  [404, "/nothing"],
  [405, "/v1/things/1", "PATCH"],
  [405, "/assets/style.css", "POST"],
  [500, "/faulty"],
  [429, "/v1/things/1"],
];

describe("every answer", () => {
  it("has the headers of security, its correlation id and what is left of the rate, whatever it is", async () => {
    const { ask, requests } = setUp();
    for (const [status, path, method] of ASKED) {
      const answer = await ask(path, method);
      const { headers } = answer;
      expect([path, method, answer.status]).toEqual([path, method, status]);
      for (const [name, value] of SECURITY_HEADERS) {
        expect([path, name, headers.get(name)]).toEqual([path, name, value]);
      }
      expect(headers.get("x-correlation-id")).toMatch(/^[\w.-]{1,64}$/);
      expect([path, headers.has("ratelimit")]).toEqual([path, !path.startsWith("/assets/")]);
    }
    expect(requests.map(({ status }) => status)).toEqual(ASKED.map(([status]) => status));
  });

  it("is measured, also where its body fails while HEAD counts it", async () => {
    const { ask, requests } = setUp();
    expect((await ask("/cut", "HEAD")).status).toBe(500);
    expect(requests.map(({ route }) => route)).toEqual(["/cut"]);
  });

  it("to a method that a path with a parameter does not offer names the methods that it does", async () => {
    const { ask } = setUp();
    for (const method of ["PATCH", "PUT", "POST", "OPTIONS"]) {
      const { status, headers } = await ask("/v1/things/1", method);
      expect([method, status, headers.get("allow")]).toEqual([method, 405, "GET, HEAD, DELETE"]);
    }
    expect((await ask("/v1/things/1/more", "PATCH")).status).toBe(404);
  });
});
