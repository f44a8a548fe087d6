import { readerCookie } from "@/tests/support/http/cookies.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";
import { SHOWN_BOOKS } from "./shown_books.ts";

/** A suite with books that are hard to show and some readers. */
export async function shownSuite(reader: string) {
  const suite = await memorySuite();
  for (const book of SHOWN_BOOKS) {
    const { status } = await suite.asks.web("/v1/books", sending("POST", book));
    if (status !== 201) throw new Error(`the book ${book.id} was answered with ${status}`);
  }
  const acts = ["ada", "bo", "cy", reader].flatMap((one, at) => [
    ...["lamp-1", "lamp-2", "long", "ja", "ar", "sea-3"].slice(0, 6 - at).map((book) => ({
      type: "viewed",
      reader: one,
      book,
    })),
    { type: "searched", reader: one, query: ["lamp", "lighthouse", "sea stories", "lamp"][at]! },
  ]);
  await suite.asks.web(
    "/v1/events",
    sending("POST", [
      ...acts,
      { type: "searched", reader: "dee", query: "灯台" },
      { type: "shelved", reader, book: "lamp-2", shelf: "want" },
      { type: "shelved", reader, book: "long", shelf: "reading" },
      { type: "rated", reader, book: "ja", rating: 4 },
    ]),
  );
  await eventually(async () => {
    const { items } = await (await suite.asks.trend("/v1/trends/books")).json();
    return items.length >= 5;
  });
  return suite;
}

/** The same on a free port of loopback, with the cookie of the reader. */
export async function shownShop(reader: string) {
  const suite = await shownSuite(reader);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => suite.web.fetch(request),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    /** Records an act of a reader over the API. */
    act: (act: object) => suite.asks.web("/v1/events", sending("POST", act)),
    cookie: readerCookie(reader).replace(/^reader=/, ""),
    async stop() {
      await server.shutdown();
      await suite.stop();
    },
  };
}
