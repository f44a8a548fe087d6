import { Duplex } from "node:stream";
import { afterEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createNetworks } from "@/adapters/http/base/limits/networks.ts";
import { createConnections } from "@/adapters/http/server/connections.ts";
import { head, statusOf } from "@/tests/support/http/raw_http.ts";
import { announcing, smallServers } from "@/tests/support/http/small_server.ts";

const [CLIENT, OTHER, PROXY] = ["192.0.2.1", "192.0.2.2", "10.0.0.1"];

/** Connections without a network, on a clock that stands still until it is moved. */
function setUp(mostPerClient = 1_000, proxies = ["10.0.0.0/8"]) {
  let time = 0;
  const connections = createConnections(
    { most: 10_000, mostPerClient },
    createNetworks(proxies),
    () => time,
  );
  const open = (remoteAddress: string) => {
    const socket = Object.assign(new Duplex({ read() {} }), { remoteAddress });
    connections.admit(socket);
    return socket;
  };
  const waste = (address: string, times: number) => {
    for (let at = 0; at < times; at++) connections.countWaste(open(address));
  };
  return { connections, open, waste, pass: (milliseconds: number) => void (time += milliseconds) };
}

describe("wasted connections", () => {
  it("keep their client out after fifty, and nobody else", () => {
    const { connections: { mayConnect }, waste } = setUp();
    waste(CLIENT, 49);
    expect(mayConnect(CLIENT)).toBe(true);
    waste(CLIENT, 1);
    expect([CLIENT, `::ffff:${CLIENT}`, OTHER].map(mayConnect)).toEqual([false, false, true]);
  });

  it("are forgiven five a second, all of them in twenty seconds", () => {
    const { connections: { mayConnect }, waste, pass } = setUp();
    waste(CLIENT, 60);
    pass(2_100);
    expect(mayConnect(CLIENT)).toBe(false);
    pass(200);
    expect(mayConnect(CLIENT)).toBe(true);
    waste(CLIENT, 1_000);
    pass(10_100);
    expect(mayConnect(CLIENT)).toBe(false);
    pass(200);
    expect(mayConnect(CLIENT)).toBe(true);
  });

  it("are those that a client makes too many of, unless a request came in on them", () => {
    const { connections, open } = setUp(10);
    const use = () => connections.protect(open(CLIENT))();
    for (let at = 0; at < 100; at++) use();
    expect(connections.mayConnect(CLIENT)).toBe(true);
    for (let at = 0; at < 100; at++) open(CLIENT);
    expect(connections.mayConnect(CLIENT)).toBe(false);
  });

  it("are not held against a trusted proxy, which brings many clients", () => {
    const { connections: { mayConnect }, waste } = setUp();
    waste(PROXY, 100);
    expect(mayConnect(PROXY)).toBe(true);
  });

  it("of a stranger in the /64 of a trusted proxy are not held against the proxy", () => {
    const { connections, open, waste } = setUp(10, ["fd00::1"]);
    waste("fd00::7", 60);
    expect(["fd00::7", "fd00::8", "fd00::1"].map(connections.mayConnect)).toEqual([false, false, true]);
    for (let at = 0; at < 100; at++) open("fd00::1");
    expect(connections.mayConnect("fd00::1")).toBe(true);
  });

  describe("of a server", () => {
    const servers = smallServers();
    afterEach(servers.close);

    /** Resolves with all that came until the server closed the connection. */
    const askWith = async (text: string) => {
      const raw = await servers.open();
      await raw.send(text).catch(() => {});
      return await raw.ended();
    };
    const isLetIn = async () => statusOf(await askWith(head("GET /v1/things", { Connection: "close" }))) === 200;

    for (
      const { name, text, status } of [
        { name: "bodies that are only announced", text: `${announcing()}[`, status: 503 },
        { name: "heads that are none", text: "\x16\x03\x01\r\n\r\n", status: 400 },
        { name: "heads that do not come in time", text: "GET /", status: 408 },
      ]
    ) {
      it(`are ${name}, and a client with many of them is not let in for a while`, async () => {
        servers.serve({ bodies: { most: 1, mostPerClient: 0 }, deadlines: { headMs: 200 } });
        const askOften = async () => (await Promise.all(Array.from({ length: 40 }, () => askWith(text)))).map(statusOf);
        expect(await askOften()).toEqual(Array(40).fill(status));
        expect(await isLetIn()).toBe(true);
        await askOften();
        expect(await isLetIn()).toBe(false);
      });
    }

    it("are not those that a browser opens beforehand and sends nothing on", async () => {
      servers.serve({ deadlines: { headMs: 200 } });
      const silent = await Promise.all(Array.from({ length: 90 }, () => servers.open()));
      expect((await Promise.all(silent.map((raw) => raw.ended()))).map(statusOf)).toEqual(Array(90).fill(408));
      expect(await isLetIn()).toBe(true);
    });

    it("are not those that their clients leave", async () => {
      servers.serve();
      for (let at = 0; at < 90; at++) {
        const raw = await servers.open();
        if (at % 3 > 0) await raw.send(at % 3 === 1 ? "GET / HT" : `${announcing()}[`);
        raw.close();
      }
      expect(await isLetIn()).toBe(true);
    });
  });
});
