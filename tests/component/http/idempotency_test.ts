import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { HOUR } from "@/domain/hours.ts";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { Unavailable } from "@/application/faults.ts";
import { readerCookie } from "@/tests/support/http/cookies.ts";
import { sending } from "@/tests/support/suites/memory_suite.ts";
import { handClock, webApi } from "@/tests/support/suites/web_api.ts";
import { webShop, written } from "@/tests/support/suites/web_shop.ts";

const dune = { id: "dune", title: "Dune" };
const keyed = (key: string, more: Record<string, string> = {}) => ({ "idempotency-key": key, ...more });
const removing = (headers: Record<string, string>): RequestInit => {
  const { body: _body, ...removal } = sending("DELETE", {}, headers);
  return removal;
};

/** What an answer says, whatever the request was called. */
async function said(response: Response) {
  const { "x-correlation-id": _id, "idempotent-replayed": replayed, ...headers } = Object.fromEntries(response.headers);
  return { answer: { status: response.status, headers, body: await response.text() }, replayed: replayed === "true" };
}

describe("Idempotency-Key", () => {
  it("a request that is sent again gets the same answer, and nothing is done again", async () => {
    const { store, ask, add } = webShop();
    const requests: [() => Promise<Response>, number][] = [
      [() => add({ title: "Without an id" }, keyed("k1")), 201],
      [() => add(dune, keyed("k2")), 201],
      [() => ask("/v1/books/dune", sending("PUT", { title: "Dune II" }, keyed("k3", { "if-match": '"1"' }))), 200],
      [
        () => ask("/v1/events", sending("POST", [{ type: "viewed", book: "dune" }, { type: "danced" }], keyed("k4"))),
        202,
      ],
      [() => ask("/v1/books/dune", removing(keyed("k5", { "if-match": '"2"' }))), 204],
      [() => ask("/v1/readers/r1", { method: "DELETE", headers: keyed("k6", { cookie: readerCookie("r1") }) }), 204],
    ];
    for (const [request, status] of requests) {
      const [first, second] = [await said(await request()), await said(await request())];
      expect([first.answer.status, first.replayed, second.replayed]).toEqual([status, false, true]);
      expect(second.answer).toEqual(first.answer);
    }
    expect(await written(store)).toEqual([
      "book-added",
      "book-added",
      "book-changed",
      "book-viewed",
      "book-removed",
      "reader-erased",
    ]);
  });

  it("the stored answer has the headers of the first one", async () => {
    const { ask, add } = webShop();
    await add(dune, keyed("k"));
    const again = await add(dune, keyed("k"));
    expect([again.headers.get("location"), again.headers.get("etag"), again.headers.get("content-type")]).toEqual([
      "/v1/books/dune",
      '"1"',
      "application/json",
    ]);
    const erase = () =>
      ask("/v1/readers/r1", { method: "DELETE", headers: keyed("e", { cookie: readerCookie("r1") }) });
    const cookies = [(await erase()).headers.getSetCookie(), (await erase()).headers.getSetCookie()];
    expect(cookies[0]![0]).toMatch(/^reader=; Max-Age=0/);
    expect(cookies[1]).toEqual(cookies[0]);
  });

  it("without a key each request is its own", async () => {
    const { add } = webShop();
    const [one, two] = [await (await add({ title: "x" }, {})).json(), await (await add({ title: "x" }, {})).json()];
    expect(one.id).not.toBe(two.id);
  });

  it("another request under the key is refused: another body, path, method or version", async () => {
    const { ask, add } = webShop();
    await add(dune, {});
    const put = (headers: Record<string, string>, body = { title: "x" }, path = "/v1/books/dune") =>
      ask(path, sending("PUT", body, headers));
    expect((await put(keyed("k", { "if-match": '"1"' }))).status).toBe(200);
    for (
      const other of [
        put(keyed("k", { "if-match": '"1"' }), { title: "y" }),
        put(keyed("k", { "if-match": '"2"' })),
        put(keyed("k", { "if-match": '"1"' }), { title: "x" }, "/v1/books/other"),
        add({ title: "x" }, keyed("k")),
        ask("/v1/books/dune", removing(keyed("k", { "if-match": '"1"' }))),
      ]
    ) {
      const response = await other;
      expect([response.status, (await response.json()).type]).toEqual([422, "/problems/idempotency-key-reused"]);
    }
  });

  it("keys belong to their client: token, reader, and everybody else by address", async () => {
    const { ask, store } = webShop();
    await ask("/v1/books", sending("POST", dune));
    const event = ([headers, address]: Client) =>
      ask("/v1/events", sending("POST", { type: "viewed", book: "dune" }, keyed("k", headers)), { address });
    type Client = [headers: Record<string, string>, address: string];
    const clients: Client[] = [
      [{}, "198.51.100.1"],
      [{ authorization: "", cookie: readerCookie("r1") }, "198.51.100.1"],
      [{ authorization: "", cookie: readerCookie("r2") }, "198.51.100.1"],
      [{ authorization: "" }, "198.51.100.1"],
      [{ authorization: "" }, "198.51.100.2"],
    ];
    for (const replayed of [null, "true"]) {
      for (const client of clients) {
        const response = await event(client);
        expect([response.status, response.headers.get("idempotent-replayed")]).toEqual([202, replayed]);
      }
    }
    expect((await written(store)).length).toBe(1 + clients.length);
    // Whoever has lost the right to ask gets no stored answer either.
    await ask("/v1/books", sending("POST", { title: "x" }, keyed("b")));
    expect((await ask("/v1/books", sending("POST", { title: "x" }, keyed("b", { authorization: "" })))).status).toBe(
      401,
    );
  });

  it("a business no is kept as an answer, also when it would be a yes by now", async () => {
    const { ask, add } = webShop();
    await add(dune, {});
    const first = await said(await add(dune, keyed("k")));
    expect(first.answer.status).toBe(409);
    await ask("/v1/books/dune", removing({ "if-match": "*" }));
    expect(await said(await add(dune, keyed("k")))).toEqual({ answer: first.answer, replayed: true });
    expect((await add(dune, keyed("another"))).status).toBe(201);
  });

  it("what is refused before it is handled keeps no key: corrected, it is done", async () => {
    const { ask, add } = webShop();
    expect((await add({}, keyed("k"))).status).toBe(422);
    expect((await add(dune, keyed("k"))).status).toBe(201);
    expect((await ask("/v1/events", sending("POST", [{ type: "danced" }], keyed("e")))).status).toBe(422);
    expect((await ask("/v1/events", sending("POST", [{ type: "viewed", book: "dune" }], keyed("e")))).status).toBe(202);
  });

  it("an outage and an inner fault are not kept: the next sending is done", async () => {
    const store = createMemoryWebStore();
    for (
      const [key, fault, status] of [["a", new Unavailable("gone"), 503], ["b", new TypeError("bug"), 500]] as const
    ) {
      let faults = 1;
      const ask = webApi(store, handClock(), {
        bus: (inner) => ({
          ...inner,
          dispatch: (...command) => faults-- > 0 ? Promise.reject(fault) : inner.dispatch(...command),
        }),
      });
      const add = () => ask("/v1/books", sending("POST", { title: key }, keyed(key)));
      expect((await add()).status).toBe(status);
      const second = await add();
      expect([second.status, second.headers.get("idempotent-replayed")]).toEqual([201, null]);
      expect((await add()).headers.get("idempotent-replayed")).toBe("true");
    }
  });

  it("while the first sending is at work, others are told to wait", async () => {
    const store = createMemoryWebStore();
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const ask = webApi(store, handClock(), {
      bus: (inner) => ({
        ...inner,
        async dispatch(...command) {
          reached.resolve();
          await gate.promise;
          return await inner.dispatch(...command);
        },
      }),
    });
    const add = () => ask("/v1/books", sending("POST", dune, keyed("k")));
    const first = add();
    await reached.promise;
    const second = await add();
    expect([second.status, (await second.json()).type]).toEqual([409, "/problems/request-running"]);
    expect(Number(second.headers.get("retry-after"))).toBeGreaterThan(0);
    gate.resolve();
    expect((await first).status).toBe(201);
    expect((await add()).headers.get("idempotent-replayed")).toBe("true");
  });

  it("one that was away for so long that another took its key over changes nothing", async () => {
    const [store, clock] = [createMemoryWebStore(), handClock()];
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    let held = false;
    const ask = webApi(store, clock, {
      bus: (inner) => ({
        ...inner,
        async dispatch(...command) {
          if (!held) {
            held = true;
            reached.resolve();
            await gate.promise;
          }
          return await inner.dispatch(...command);
        },
      }),
    });
    const add = () => ask("/v1/books", sending("POST", { title: "Zombie" }, keyed("k")));
    const first = add();
    await reached.promise;
    clock.pass(60_000);
    const second = await add();
    gate.resolve();
    expect([(await first).status, second.status]).toEqual([409, 201]);
    expect(await written(store)).toEqual(["book-added"]);
    expect((await (await add()).json()).id).toBe((await second.json()).id);
  });

  it("an answer is kept for 24 hours", async () => {
    const { clock, add } = webShop();
    const { id } = await (await add({ title: "x" }, keyed("k"))).json();
    clock.pass(24 * HOUR);
    expect((await (await add({ title: "x" }, keyed("k"))).json()).id).toBe(id);
    clock.pass(1);
    const late = await add({ title: "x" }, keyed("k"));
    expect([late.status, late.headers.get("idempotent-replayed")]).toEqual([201, null]);
    expect((await late.json()).id).not.toBe(id);
  });

  it("a key that is none is answered with 400", async () => {
    const { add } = webShop();
    for (const key of ["", "x".repeat(256), "tab\there", "é"]) {
      const response = await add(dune, keyed(key));
      expect([key, response.status, (await response.json()).type]).toEqual([key, 400, "/problems/bad-idempotency-key"]);
    }
    expect((await add(dune, keyed("x".repeat(255)))).status).toBe(201);
  });

  it("the document names the header and what may come of it, wherever something can be changed", async () => {
    const { paths } = await (await webShop().ask("/openapi.json")).json();
    // Operators' requests settle a dead letter once by themselves.
    const readers = Object.entries(paths).filter(([path]) => !path.startsWith("/v1/operations/"));
    const unsafe = readers.flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Documented>).filter(([method]) => method !== "get").map((
        [method, one],
      ) => [`${method} ${path}`, one] as const)
    );
    expect(unsafe.length).toBe(5);
    for (const [name, { parameters, responses }] of unsafe) {
      expect([name, parameters.find((one) => one.in === "header")?.name]).toEqual([name, "Idempotency-Key"]);
      expect([name, ...["400", "409", "422"].filter((status) => responses[status] === undefined)]).toEqual([name]);
      const [, done] = Object.entries(responses).find(([status]) => status.startsWith("2"))!;
      expect(Object.keys(done.headers ?? {})).toContain("Idempotent-Replayed");
    }
  });
});

type Documented = {
  parameters: { in: string; name: string }[];
  responses: Record<string, { headers?: Record<string, unknown> }>;
};
