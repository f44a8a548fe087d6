import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { actsOf } from "./acts.ts";
import type { Act } from "@/tests/oracle/calls.ts";
import type { Calls, TriedCall } from "./calls.ts";
import type { Http } from "./http.ts";
import type { Random } from "./random.ts";

/** How much is asked of the suite, by how many clients at once. */
export type Load = {
  clients: number;
  books: number;
  readers: number;
  /** Acts in a request. */
  batch: [number, number];
  /** Milliseconds between a client's requests. */
  pause: [number, number];
  /** The share of acts that are about one reader and one book. */
  hot: number;
};
export const LOAD: Load = { clients: 2, books: 30, readers: 150, batch: [5, 50], pause: [30, 90], hot: 0 };

export interface Workload {
  /** Adds the first books; all else begins after it. */
  prepare(): Promise<void>;
  start(): void;
  /** No client begins anything, until they all go on. */
  pause(): void;
  goOn(): void;
  /** Ends after asking once more about most of what had no answer. */
  stop(): Promise<void>;
  /** Acts over HTTP as one request. */
  send(acts: Act[]): Promise<void>;
  draw(): Act;
  books(): string[];
}

export type WorkloadDeps = {
  random: Random;
  load: Load;
  calls: Calls;
  web: Http;
  append(messages: Outgoing[]): Promise<void>;
};

/** Clients of the suite, over HTTP and by commands on topics; each command has an id of its own. */
export function createWorkload({ random, load, calls, web, append }: WorkloadDeps): Workload {
  const books: string[] = [];
  const versions = new Map<string, number>();
  const busy = new Set<string>();
  const again: TriedCall[][] = [];
  let stopping = false;
  let producing: Promise<void> | undefined;
  let paused = false;
  let clients: Promise<unknown>[] = [];
  const draw = actsOf(random.fork("acts"), load, books);
  const dice = random.fork("clients");

  async function sendActs(batch: TriedCall[]): Promise<void> {
    const items = batch.map(({ id, did }) => ({ ...(did.kind === "act" ? did.act : {}), id }));
    const answer = await web("POST", "/v1/events", items);
    if (answer === undefined) {
      calls.end(batch, "unknown");
      if (dice.chance(0.7)) again.push(batch);
      return;
    }
    const { rejected = [] } = answer.body as { rejected?: { index: number }[] };
    const refused = new Set(answer.status === 202 ? rejected.map(({ index }) => index) : batch.keys());
    calls.end(batch.filter((_, at) => !refused.has(at)), "ok");
    if (refused.size > 0) calls.end(batch.filter((_, at) => refused.has(at)), "refused");
  }

  const send = (acts: Act[]) => sendActs(acts.map((act) => calls.begin("http", { kind: "act", act })));

  async function addBook(id: string): Promise<void> {
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
  async function changeBook(remove: boolean): Promise<void> {
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

  async function eraseReader(reader: string): Promise<void> {
    const call = calls.begin("http", { kind: "erase", reader });
    const answer = await web("DELETE", `/v1/readers/${reader}`);
    calls.end([call], answer === undefined ? "unknown" : answer.status === 204 ? "ok" : "refused");
  }

  /** Commands as another system produces them, some of them twice. Nobody waits for it while the log is away. */
  async function produce(): Promise<void> {
    const sent = Array.from(
      { length: dice.int(2, 15) },
      () =>
        dice.chance(0.9)
          ? calls.begin("topic", { kind: "act", act: draw() })
          : calls.begin("topic", changeOf(dice.pick(books), calls.all().length)),
    );
    const twice = sent.filter(() => dice.chance(0.3));
    try {
      await append([...sent, ...twice].map(commandOf));
      calls.end(sent, "ok");
    } catch {
      calls.end(sent, "unknown");
    }
  }

  async function client(): Promise<void> {
    while (!stopping) {
      while (paused && !stopping) await pause(20);
      const turn = dice.next();
      const waiting = turn < 0.4 ? again.shift() : undefined;
      if (waiting !== undefined) await sendActs(waiting);
      else if (turn < 0.72) await send(Array.from({ length: dice.int(...load.batch) }, draw));
      else if (turn < 0.82) producing ??= produce().finally(() => producing = undefined);
      else if (turn < 0.95) await changeBook(false);
      else if (turn < 0.97) await addBook(`n${calls.all().length}`);
      else if (turn < 0.98 && books.length > load.books / 2) await changeBook(true);
      else if (turn < 0.99) await eraseReader(`r${dice.int(0, load.readers - 1)}`);
      await pause(dice.int(...load.pause));
    }
  }

  return {
    async prepare() {
      for (let at = 0; at < load.books; at++) await addBook(`b${at}`);
      if (books.length < load.books) throw new Error(`only ${books.length} of ${load.books} first books were taken`);
    },
    start() {
      clients = Array.from({ length: load.clients }, client);
    },
    pause: () => void (paused = true),
    goOn: () => void (paused = false),
    async stop() {
      stopping = true;
      await Promise.all(clients);
      await producing;
      for (const batch of again.splice(0)) await sendActs(batch);
    },
    send,
    draw,
    books: () => books,
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const versionOf = (etag: string | undefined): number | undefined =>
  etag === undefined ? undefined : Number(etag.replace(/\D/g, ""));

const changeOf = (book: string, turn: number) =>
  ({ kind: "change", book, title: `Book ${book} as of ${turn}` }) as const;

/** A call as a message on its topic of commands. */
export function commandOf({ id, did }: TriedCall): Outgoing {
  const base = { id, source: "/faults" };
  if (did.kind === "act") {
    const envelope = { ...base, type: ACTIVITY.recordAct, data: { ...did.act, id } };
    return { topic: TOPICS.activityCommands, ...encode(envelope, did.act.reader ?? id) };
  }
  if (did.kind !== "change") throw new Error(`no command on a topic for ${did.kind}`);
  const data = { id: did.book, title: did.title, authors: ["A. Writer"], subjects: ["fiction"] };
  return { topic: TOPICS.catalogCommands, ...encode({ ...base, type: CATALOG.changeBook, data }, did.book) };
}
