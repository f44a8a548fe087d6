import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Validator } from "@seriousme/openapi-schema-validator";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";

describe("the HTTP APIs, on the memory adapters", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  const json = async (response: Response) => await response.json();
  before(async () => {
    suite = await memorySuite();
  });
  after(() => suite.stop());

  it("each service's document is valid OpenAPI 3.1 and names every route of its contract", async () => {
    const paths = async (ask: (path: string) => Promise<Response>) => {
      const document = await json(await ask("/openapi.json"));
      expect(document.openapi).toBe("3.1.0");
      const { valid, errors } = await new Validator().validate(structuredClone(document));
      expect([valid, errors]).toEqual([true, undefined]);
      return Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods as object).map((method) => `${method} ${path}`)
      ).sort();
    };
    const letters = "/v1/operations/dead-letters";
    const operations = [
      `get ${letters}`,
      `get ${letters}/{id}`,
      `post ${letters}/replay`,
      `post ${letters}/{id}/discard`,
      `post ${letters}/{id}/replay`,
    ];
    expect(await paths(suite.asks.web)).toEqual([
      "delete /v1/books/{id}",
      "delete /v1/readers/{id}",
      "get /v1/books",
      "get /v1/books/{id}",
      "get /v1/readers/{id}",
      "get /v1/suggest",
      "post /v1/books",
      "post /v1/events",
      "put /v1/books/{id}",
      ...operations,
    ].sort());
    const rebuilds = ["get /v1/operations/books", "get /v1/operations/rebuilds", "post /v1/operations/rebuilds"];
    expect(await paths(suite.asks.trend)).toEqual(
      [
        "get /v1/trends/books",
        "get /v1/trends/queries",
        "get /v1/trends/stream",
        "get /v1/trends/subjects",
        ...operations,
        ...rebuilds,
      ].sort(),
    );
    expect(await paths(suite.asks.recommendation)).toEqual(
      [
        "get /v1/books/{id}/similar",
        "get /v1/readers/{id}",
        "get /v1/readers/{id}/recommendations",
        ...operations,
        ...rebuilds,
      ].sort(),
    );
  });
});
