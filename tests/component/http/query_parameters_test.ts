import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { AS_ADMIN, importingSuite } from "@/tests/support/suites/memory_suite.ts";

type Route = { service: "web" | "trend" | "recommendation"; method: string; path: string; parameters: string[] };

describe("query parameters", () => {
  let suite: Awaited<ReturnType<typeof importingSuite>>;
  before(async () => {
    suite = await importingSuite();
  });
  after(() => suite.stop());

  const documented = async (): Promise<Route[]> => {
    const found: Route[] = [];
    for (const service of ["web", "trend", "recommendation"] as const) {
      const { paths } = await (await suite.asks[service]("/openapi.json")).json();
      for (
        const [path, methods] of Object.entries<Record<string, { parameters?: { in: string; name: string }[] }>>(paths)
      ) {
        for (const [method, { parameters = [] }] of Object.entries(methods)) {
          const names = parameters.filter((one) => one.in === "query").map(({ name }) => name);
          found.push({
            service,
            method: method.toUpperCase(),
            path: path.replaceAll(/\{\w+\}/g, "x"),
            parameters: names,
          });
        }
      }
    }
    return found;
  };
  const ask = async ({ service, method, path }: Route, query: string) => {
    const headers = { ...AS_ADMIN.headers, "content-type": "application/json" };
    const response = await suite.asks[service](`${path}?${query}`, { method, headers });
    const text =
      await (response.headers.get("content-type") === "text/event-stream"
        ? response.body!.cancel().then(() => "")
        : response.text());
    return { status: response.status, text };
  };

  it("are refused by every documented route that does not know them", async () => {
    const routes = await documented();
    expect(routes.length).toBeGreaterThan(30);
    for (const route of routes) {
      const { status, text } = await ask(route, "surely_unknown=1");
      const parameters = status === 422
        ? JSON.parse(text).errors?.map((one: { parameter: string }) => one.parameter)
        : [];
      expect([route, status, parameters]).toEqual([route, 422, ["surely_unknown"]]);
    }
  });

  it("are known to the routes that document them", async () => {
    const known = (await documented()).filter(({ parameters }) => parameters.length > 0);
    expect(known.map(({ method, path }) => `${method} ${path}`)).toContain("POST /v1/imports");
    for (const route of known) {
      // An empty value is refused by most of them, which starts nothing.
      const { text } = await ask(route, route.parameters.map((name) => `${name}=`).join("&"));
      expect([route, text]).toEqual([route, expect.not.stringContaining("no such parameter")]);
    }
  });

  it("that are misspelled say which was meant, and nothing is done", async () => {
    const detailOf = async (response: Response) => [response.status, (await response.json()).detail];
    const file = { ...AS_ADMIN, method: "POST", body: "id,title\nslip,Slip\n" };
    expect(await detailOf(await suite.asks.web("/v1/imports?dryrun=true", file))).toEqual([
      422,
      "dryrun: no such parameter, wanted one of name, encoding, delimiter, separator, id, map, dry_run, replace; " +
      "did you mean dry_run?",
    ]);
    expect(Array.from(Deno.readDirSync(suite.folder))).toEqual([]);
    const rebuilds = "/v1/operations/rebuilds";
    expect(await detailOf(await suite.asks.trend(`${rebuilds}?dryrun=true`, { ...AS_ADMIN, method: "POST" }))).toEqual([
      422,
      "dryrun: no such parameter, wanted one of dry_run, anew; did you mean dry_run?",
    ]);
    expect((await suite.asks.trend(rebuilds, AS_ADMIN)).status).toBe(404);
    const { errors } = await (await suite.asks.web("/v1/books?q=dune&limt=3")).json();
    expect(errors).toEqual([{ parameter: "limt", detail: expect.stringMatching(/; did you mean limit\?$/) }]);
    expect(await detailOf(await suite.asks.web("/v1/books/dune?x=1"))).toEqual([
      422,
      "x: no such parameter, wanted none",
    ]);
    expect((await suite.asks.web("/v1/books?limt=3", { method: "HEAD" })).status).toBe(422);
  });

  it("of others are ignored by pages", async () => {
    for (const path of ["/?utm_source=x", "/search?q=dune&utm_source=x", "/trends?fbclid=x", "/readyz?probe=1"]) {
      expect([path, (await suite.asks.web(path)).status]).toEqual([path, 200]);
    }
  });
});
