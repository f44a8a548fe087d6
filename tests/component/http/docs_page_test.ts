import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";

describe("GET /docs, on the memory adapters", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
  });
  after(() => suite.stop());

  for (const service of ["web", "trend", "recommendation"] as const) {
    it(`shows each operation of ${service} with its parameters and answers`, async () => {
      const ask = suite.asks[service];
      const { paths } = await (await ask("/openapi.json")).json();
      const answer = await ask("/docs");
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
      const page = await answer.text();
      for (const [path, methods] of Object.entries<Record<string, { parameters?: { name: string }[] }>>(paths)) {
        for (const [method, { parameters = [] }] of Object.entries(methods)) {
          const from = page.indexOf(`<code>${method.toUpperCase()} ${path}</code>`);
          expect([path, method, from > 0]).toEqual([path, method, true]);
          const part = page.slice(from, page.indexOf("</section>", from));
          for (const { name } of parameters) expect(part).toContain(`<code>${name}</code>`);
        }
      }
      expect((await ask("/docs/style.css")).headers.get("content-type")).toMatch(/^text\/css/);
    });
  }
});
