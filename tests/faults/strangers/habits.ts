import { head } from "@/tests/support/http/raw_http.ts";
import type { Random } from "@/application/shared/random.ts";
import type { Connection } from "./connection.ts";

/** What a stranger does on a connection, until it has had enough or the connection is closed. */
type Habit = (connection: Connection, random: Random) => Promise<void>;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const JSON_BODY = { "Content-Type": "application/json" };
/** Nothing that strangers ask for counts as somebody's search, so that what is counted is known to the unit. */
const UNCOUNTED = { "Sec-Purpose": "prefetch" };
const HOLD_MS = 600_000;

const ROUTES = [
  "/v1/books?q=book",
  "/v1/books/b1",
  "/v1/books?q=b*+writer&limit=50",
  "/?q=writer",
  "/books/b2",
  "/v1/trends/books",
  "/v1/books/b1/similar",
  "/metrics",
  "/readyz",
  "/nothing",
];
const ODD_HOSTS = [
  "a/metrics?x=",
  "user@shop",
  "shop:port",
  "1.2.3.999",
  "",
  "[::1",
  "a b",
  "\u00e9",
  "x".repeat(3_000),
];
const BROKEN_BODIES = [
  "{",
  "[]]",
  '{"type":"viewed"}',
  '[{"type":"viewed","book":"b1","reader":"\u0000"}]',
  '"\\ud800"',
  "[" + "[".repeat(4_000),
  "null",
];
const RUBBISH = [
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "GET / HTTP/9.9\r\n\r\n",
  "\r\n\r\n\r\n",
  "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /v1/books HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
  "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\nzz\r\n",
  `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(4_000)}\r\n`,
  "GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
];

/** Sends the parts one by one, as slowly as it is told. */
async function trickle(connection: Connection, parts: Iterable<string>, everyMs: number): Promise<void> {
  for (const part of parts) {
    if (!connection.isOpen()) return;
    connection.send(part);
    await pause(everyMs);
  }
  await connection.closed(5_000);
}

/** Sends a request whole, and leaves once it is answered. */
async function ask(connection: Connection, request: string | Uint8Array): Promise<void> {
  connection.send(request);
  const late = setTimeout(connection.close, 5_000);
  await connection.answered();
  clearTimeout(late);
}

const announce = () => head("POST /v1/events", { ...JSON_BODY, "Content-Length": "1000000" });

export const HABITS = {
  async oneByte(connection) {
    connection.send("G");
    await connection.closed(HOLD_MS);
  },
  async announcedBody(connection) {
    connection.send(`${announce()}[`);
    await connection.closed(HOLD_MS);
  },
  slowHead: (connection) => trickle(connection, head("GET /", { "X-Slow": "y".repeat(200) }), 100),
  slowBody: (connection) => trickle(connection, [announce(), ..."[".repeat(300)], 100),
  async flood(connection, random) {
    for (let at = 0; at < 200 && connection.isOpen(); at++) {
      connection.send(head(`GET ${random.pick(ROUTES)}`, UNCOUNTED));
      if ((await connection.answered()) === 429) await pause(500);
    }
  },
  async pipelines(connection, random) {
    for (let at = 0; at < 30; at++) connection.send(head(`GET ${random.pick(ROUTES)}`, UNCOUNTED));
    if (random.chance(0.5)) await connection.answered();
  },
  rubbish(connection, random) {
    const bytes = Uint8Array.from({ length: random.int(1, 2_000) }, () => random.int(0, 255));
    return ask(connection, random.chance(0.3) ? bytes : random.pick(RUBBISH));
  },
  oddHosts: (connection, random) =>
    ask(connection, head(`GET ${random.pick(ROUTES)}`, { ...UNCOUNTED, Host: random.pick(ODD_HOSTS) })),
  brokenBodies(connection, random) {
    const body = random.pick(BROKEN_BODIES);
    const length = new TextEncoder().encode(body).length;
    const path = random.pick(["/v1/events", "/v1/books/b1", "/books/b1/acts"]);
    return ask(connection, head(`POST ${path}`, { ...JSON_BODY, "Content-Length": String(length) }) + body);
  },
  async hugeBodies(connection) {
    connection.send(head("POST /v1/events", { ...JSON_BODY, "Transfer-Encoding": "chunked" }));
    for (let at = 0; at < 20 && connection.isOpen(); at++) {
      connection.send(`10000\r\n${at === 0 ? "[" : " "}${" ".repeat(65_535)}\r\n`);
      await pause(20);
    }
    await connection.closed(3_000);
  },
  async leaves(connection, random) {
    connection.send(random.pick([`${announce()}[1,`, "GET /v1/bo", head(`GET ${random.pick(ROUTES)}`, UNCOUNTED)]));
    await pause(random.int(0, 50));
    connection.close();
  },
} satisfies Record<string, Habit>;

export type HabitName = keyof typeof HABITS;
