import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Hono } from "hono";
import { RouterByMethod } from "@/adapters/http/base/router_by_method.ts";

describe("RouterByMethod", () => {
  const ask = async (app: Hono, method: string, path: string) => await (await app.request(path, { method })).text();

  it("routes as Hono does, also where a parameter covers another path of the same method", async () => {
    const app = new Hono({ router: new RouterByMethod() });
    app.use(async (context, next) => {
      await next();
      context.header("x-seen", "yes");
    });
    app.get("/letters/:id", (context) => context.text(`get ${context.req.param("id")}`));
    app.post("/letters/:id", (context) => context.text(`post ${context.req.param("id")}`));
    app.post("/letters/replay", (context) => context.text("replay"));
    app.all("/any", (context) => context.text("any"));
    expect(await ask(app, "GET", "/letters/replay")).toBe("get replay");
    expect(await ask(app, "POST", "/letters/7")).toBe("post 7");
    expect(await ask(app, "POST", "/letters/replay")).toBe("post replay");
    for (const method of ["GET", "POST", "QUERY", "MADE-UP"]) expect(await ask(app, method, "/any")).toBe("any");
    const missed = await app.request("/letters", { method: "MADE-UP" });
    expect([missed.status, missed.headers.get("x-seen")]).toEqual([404, "yes"]);
  });

  it("keeps no router for each method that a client makes up", () => {
    const router = new RouterByMethod<string>();
    router.add("ALL", "/any", "handler");
    router.add("GET", "/own", "own");
    expect(router.match("ONE", "/any")[0].length).toBe(1);
    expect(router.match("TWO", "/own")[0].length).toBe(0);
    expect(router.size).toBe(1);
    expect(router.match("GET", "/own")[0].length).toBe(1);
    expect(router.size).toBe(2);
    expect(() => router.add("GET", "/late", "late")).toThrow("after the first request");
  });
});
