import { type Shop, times } from "./attacked_shop.ts";

/** The attacking client, and the book that it promotes. */
type Attacker = { shop: Shop; address: string; book: string };
const json = (body: unknown): RequestInit => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const form = (act: string, cookie: string): RequestInit => ({
  method: "POST",
  body: new URLSearchParams({ act }),
  headers: { cookie, origin: "http://shop.test" },
});

/** Attacks by one client with a number of requests, or with as many readers. */
export const ATTACKS: Record<string, (attacker: Attacker, requests: number) => Promise<unknown>> = {
  "made-up readers in few requests": ({ shop, address, book }, requests) =>
    times(Math.ceil(requests / 1_000), (batch) => {
      const readers = Array.from({ length: Math.min(requests, 1_000) }, (_, at) => `made-up-${batch}-${at}`);
      return shop.ask(
        address,
        "/v1/events",
        json(readers.map((reader) => ({ type: "viewed", reader, book }))),
      );
    }),
  "events, each of a made-up reader": ({ shop, address, book }, requests) =>
    times(
      requests,
      (at) => shop.ask(address, "/v1/events", json({ type: "searched", reader: `made-up-${at}`, query: book })),
    ),
  "anonymous events": ({ shop, address, book }, requests) =>
    times(requests, () => shop.ask(address, "/v1/events", json({ type: "viewed", book }))),
  "page views without a cookie": ({ shop, address, book }, requests) =>
    times(requests, () => shop.ask(address, `/books/${book}`)),
  "page views with made-up cookies": ({ shop, address, book }, requests) =>
    times(
      requests,
      () => shop.ask(address, `/books/${book}`, { headers: { cookie: `reader=${crypto.randomUUID()}` } }),
    ),
  "acts under cookies that it collected": ({ shop, address, book }, requests) =>
    times(requests / 5, async () => {
      const { cookie } = await shop.ask(address, `/books/${book}`);
      for (const act of ["want", "reading", "read", "rated-5"]) {
        await shop.ask(address, `/books/${book}/acts`, form(act, cookie));
      }
    }),
  "anonymous searches": ({ shop, address, book }, requests) =>
    times(requests, () => shop.ask(address, `/v1/books?q=${book}`)),
  "images on a foreign page": ({ shop, book }, requests) =>
    times(
      requests,
      (at) =>
        shop.ask(`203.0.${Math.floor(at / 250)}.${at % 250}`, at % 2 === 0 ? `/books/${book}` : `/search?q=${book}`, {
          headers: { "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site" },
        }),
    ),
};
