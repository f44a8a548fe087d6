import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createProxy, type Proxy } from "@/tests/faults/world/proxy.ts";
import { createRandom } from "@/application/shared/random.ts";
import { kafkaRequests, sqlRequests } from "@/tests/faults/world/requests.ts";
import { eventually } from "@/tests/support/eventually.ts";

/** A server that answers with what it is sent, and remembers it. */
function echo() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let heard = "";
  let pieces = 0;
  (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  async function serve(connection: Deno.Conn): Promise<void> {
    const bytes = new Uint8Array(4096);
    for (let read = await connection.read(bytes); read !== null; read = await connection.read(bytes)) {
      heard += new TextDecoder().decode(bytes.subarray(0, read));
      pieces++;
      await connection.write(bytes.slice(0, read));
    }
    connection.close();
  }
  return { port: listener.addr.port, heard: () => heard, pieces: () => pieces, close: () => listener.close() };
}

/** A client that keeps what it is answered, and how its connection ended. */
async function client(port: number) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  let answers = "";
  let ended: "no" | "closed" | "reset" = "no";
  (async () => {
    const bytes = new Uint8Array(4096);
    try {
      for (let read = await connection.read(bytes); read !== null; read = await connection.read(bytes)) {
        answers += new TextDecoder().decode(bytes.subarray(0, read));
      }
      ended = "closed";
    } catch {
      ended = "reset";
    }
  })();
  return {
    say: (text: string) => connection.write(new TextEncoder().encode(text)),
    answers: () => answers,
    ended: () => ended,
    close() {
      try {
        connection.close();
      } catch {
        // It has ended already.
      }
    },
  };
}

describe("the fault proxy", () => {
  let server: ReturnType<typeof echo>;
  let proxy: Proxy;
  let clients: Awaited<ReturnType<typeof client>>[] = [];
  const connect = async () => {
    clients.push(await client(proxy.port));
    return clients.at(-1)!;
  };
  beforeEach(async () => {
    server = echo();
    proxy = await createProxy(createRandom(1));
    proxy.target(server.port);
  });
  afterEach(async () => {
    for (const one of clients) one.close();
    clients = [];
    await proxy.close();
    server.close();
  });

  it("passes everything on while nothing is wrong", async () => {
    const one = await connect();
    await one.say("hello");
    await eventually(() => one.answers() === "hello");
    one.close();
    await eventually(() => proxy.stats().open === 0);
  });

  it("resets connections, and refuses new ones until it is healed", async () => {
    const one = await connect();
    await one.say("hello");
    await eventually(() => one.answers() === "hello");
    proxy.set({ refuse: true });
    expect(proxy.reset()).toBe(1);
    await eventually(() => one.ended() === "reset");
    // The reset may come before connecting is over, or after.
    expect(await connect().then((other) => eventually(() => other.ended() === "reset"), () => true)).toBe(true);
    proxy.heal();
    const third = await connect();
    await third.say("again");
    await eventually(() => third.answers() === "again");
  });

  it("holds back one way only, and passes it on when it is healed", async () => {
    const one = await connect();
    proxy.set({ stall: { up: false, down: true } });
    await one.say("hello");
    await eventually(() => proxy.stats().held === 1);
    expect([server.heard(), one.answers()]).toEqual(["hello", ""]);
    proxy.set({ stall: { up: true, down: true } });
    await one.say(" more");
    await eventually(() => proxy.stats().held === 2);
    expect([server.heard(), one.answers()]).toEqual(["hello", ""]);
    proxy.heal();
    await eventually(() => one.answers() === "hello more");
  });

  it("waits before each piece, and cuts pieces into slices", async () => {
    const one = await connect();
    proxy.set({ latency: 20 });
    const from = performance.now();
    await one.say("hello");
    await eventually(() => one.answers() === "hello");
    expect(performance.now() - from).toBeGreaterThan(38);
    proxy.set({ latency: 1, slice: 2 });
    const before = server.pieces();
    await one.say("world");
    await eventually(() => one.answers() === "helloworld");
    expect(server.pieces() - before).toBe(3);
  });

  it("loses the answer to the n-th request of a kind: the server has heard it, the client is cut off", async () => {
    const query = (text: string) => `${String.fromCharCode(text.length + 1)}\0\0\0\x03${text}`;
    const one = await connect();
    proxy.lose({ requests: sqlRequests("COMMIT"), nth: 2, then: "reset" });
    for (const text of ["COMMIT", "SELECT"]) await one.say(query(text));
    await eventually(() => one.answers().length === 22);
    expect(one.answers()).toBe(query("COMMIT") + query("SELECT"));
    await one.say(query("COMMIT"));
    await eventually(() => one.ended() === "reset");
    expect(server.heard().split("COMMIT").length).toBe(3);
    expect(one.answers().length).toBe(22);
    expect(proxy.stats().lost).toBe(1);
  });

  it("knows where Kafka's requests begin, however they are cut", () => {
    const request = (kind: number, bytes: number) => [0, 0, 0, bytes + 2, 0, kind, ...Array(bytes).fill(0)];
    const all = new Uint8Array([...request(3, 9), ...request(0, 20), ...request(3, 1), ...request(0, 4)]);
    for (const size of [1, 5, 7, 100]) {
      const begins = kafkaRequests(0)();
      let found = 0;
      for (let at = 0; at < all.length; at += size) if (begins(all.subarray(at, at + size))) found++;
      expect(found).toBe(size === 100 ? 1 : 2);
    }
  });
});
