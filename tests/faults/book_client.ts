import type { Calls } from "./calls.ts";
import type { Http } from "./http.ts";
import type { Random } from "./random.ts";

/** Who adds, changes and removes books over HTTP. */
interface BookClient {
  /** Those that are in the catalogue, as far as it knows. */
  books: string[];
  add(id: string): Promise<void>;
  /** Changes one of them, or removes it. */
  change(remove: boolean): Promise<void>;
}

export function createBookClient({ dice, calls, web }: { dice: Random; calls: Calls; web: Http }): BookClient {
  const books: string[] = [];
  const versions = new Map<string, number>();
  const busy = new Set<string>();

  async function add(id: string): Promise<void> {
    const title = `Book ${id} by itself`;
    const call = calls.begin("http", { kind: "add", book: id, title }, `add-${id}`);
    const answer = await web("POST", "/v1/books", { id, title, authors: ["A. Writer"], subjects: ["fiction"] });
    calls.end([call], answer === undefined ? "unknown" : answer.status === 201 ? "ok" : "refused");
    if (call.state !== "ok") return;
    call.answered = 1;
    versions.set(id, 1);
    books.push(id);
  }

  /** One client at a time changes a book, with the version that it believes to be there. */
  async function change(remove: boolean): Promise<void> {
    const book = dice.pick(books);
    if (busy.has(book)) return;
    busy.add(book);
    try {
      const known = versions.get(book) ?? versionOf((await web("GET", `/v1/books/${book}`))?.etag);
      if (known === undefined) return;
      const call = remove
        ? calls.begin("http", { kind: "remove", book })
        : calls.begin("http", { kind: "change", book, title: `Book ${book} as of ${calls.all().length}` });
      const path = `/v1/books/${book}`;
      const ifMatch = { "if-match": `"${known}"` };
      const answer = call.did.kind === "change"
        ? await web("PUT", path, { title: call.did.title, authors: ["A. Writer"], subjects: ["fiction"] }, ifMatch)
        : await web("DELETE", path, undefined, ifMatch);
      const done = answer !== undefined && answer.status < 300;
      calls.end([call], answer === undefined ? "unknown" : done ? "ok" : "refused");
      const told = versionOf(answer?.etag);
      if (done && told !== undefined) {
        call.answered = told;
        versions.set(book, told);
      } else versions.delete(book);
      if (done && remove) books.splice(books.indexOf(book), 1);
    } finally {
      busy.delete(book);
    }
  }

  return { books, add, change };
}

const versionOf = (etag: string | undefined): number | undefined =>
  etag === undefined ? undefined : Number(etag.replace(/\D/g, ""));
