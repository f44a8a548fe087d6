import type { Look } from "@/tests/oracle/evidence.ts";
import type { Calls, TriedCall } from "./calls.ts";
import type { Http } from "./http.ts";
import type { Random } from "@/application/shared/random.ts";

/** Who adds, changes, removes and looks at books over HTTP. */
interface BookClient {
  /** Those that are in the catalogue, as far as it knows. */
  books: string[];
  add(id: string): Promise<void>;
  /** Changes one of them, or removes it. */
  change(remove: boolean): Promise<void>;
  /** Changes one of them twice at once, for the same version. */
  race(): Promise<void>;
  /** Looks at one of them. */
  look(): Promise<void>;
  looks(): Look[];
}

type BookClientDeps = { dice: Random; calls: Calls; web: Http; now(): number };
type Body = { title: string; authors: string[]; subjects: string[] };
const bodyOf = (title: string): Body => ({ title, authors: ["A. Writer"], subjects: ["fiction"] });

export function createBookClient({ dice, calls, web, now }: BookClientDeps): BookClient {
  const books: string[] = [];
  const looks: Look[] = [];
  const versions = new Map<string, number>();
  const busy = new Set<string>();

  /** The version that is there, undefined where there is none or nobody answers. */
  async function lookAt(book: string): Promise<number | undefined> {
    const asked = now();
    const answer = await web("GET", `/v1/books/${book}`);
    if (answer?.status !== 200 && answer?.status !== 404) return undefined;
    const version = answer.status === 404 ? undefined : versionOf(answer.etag);
    looks.push({ book, asked, told: now(), version });
    return version;
  }

  /** One client at a time changes a book, with the version that it believes to be there. */
  async function withVersion(change: (book: string, version: number) => Promise<unknown>): Promise<void> {
    const book = dice.pick(books);
    if (busy.has(book)) return;
    busy.add(book);
    try {
      const version = versions.get(book) ?? await lookAt(book);
      if (version !== undefined) await change(book, version);
    } finally {
      busy.delete(book);
    }
  }

  /** Ends the call by its answer; says whether that was a yes. */
  function end(call: TriedCall, answer: Awaited<ReturnType<Http>>): boolean {
    const done = answer !== undefined && answer.status < 300;
    const told = versionOf(answer?.etag);
    if (done && told !== undefined) call.answered = told;
    calls.end([call], answer === undefined ? "unknown" : done ? "ok" : "refused");
    return done;
  }

  async function put(book: string, version: number): Promise<void> {
    const title = `Book ${book} as of ${calls.all().length}`;
    const call = calls.begin("http", { kind: "change", book, title });
    call.wanted = version;
    const answer = await web("PUT", `/v1/books/${book}`, bodyOf(title), { "if-match": `"${version}"` });
    if (end(call, answer) && call.answered !== undefined) versions.set(book, call.answered);
    else if (versions.get(book) === version) versions.delete(book);
  }

  async function remove(book: string, version: number): Promise<void> {
    const call = calls.begin("http", { kind: "remove", book });
    call.wanted = version;
    const answer = await web("DELETE", `/v1/books/${book}`, undefined, { "if-match": `"${version}"` });
    if (end(call, answer)) books.splice(books.indexOf(book), 1);
    versions.delete(book);
    await lookAt(book);
  }

  return {
    books,
    looks: () => looks,
    async add(id) {
      const title = `Book ${id} by itself`;
      const call = calls.begin("http", { kind: "add", book: id, title }, `add-${id}`);
      if (!end(call, await web("POST", "/v1/books", { id, ...bodyOf(title) }))) return;
      versions.set(id, 1);
      books.push(id);
    },
    change: (removes) =>
      withVersion(async (book, version) => {
        if (removes) return await remove(book, version);
        await put(book, version);
        await lookAt(book);
      }),
    race: () => withVersion((book, version) => Promise.all([put(book, version), put(book, version)])),
    look: async () => void await lookAt(dice.pick(books)),
  };
}

const versionOf = (etag: string | undefined): number | undefined =>
  etag === undefined ? undefined : Number(etag.replace(/\D/g, ""));
