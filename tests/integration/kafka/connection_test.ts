import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import kafkaConnection from "kafkajs/connection";
import kafkaEncoder from "kafkajs/encoder";
import { patchReconnect } from "@/adapters/kafka/kafkajs_patches/reset_on_reconnect.ts";
import { openSocket } from "@/adapters/kafka/connection/socket.ts";

type Connection = {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  send(protocol: unknown): Promise<Uint8Array>;
};
const Made = kafkaConnection as { new (parts: unknown): Connection };
const Encoder = kafkaEncoder as { new (): unknown };
const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };

/** A request that asks for nothing, and whose answer is taken as it is. */
const ask = {
  request: {
    apiKey: 3,
    apiVersion: 0,
    apiName: "Metadata",
    expectResponse: () => true,
    encode: () => new Encoder(),
  },
  response: {
    decode: (payload: Uint8Array) => Promise.resolve(payload),
    parse: (payload: Uint8Array) => Promise.resolve(payload),
  },
};

/** Where a request says which one it is, behind its length, kind and version. */
const CORRELATION = 8;

describe("a connection to a broker", () => {
  let connections = 0;
  const server = createServer((socket: Socket) => {
    const first = ++connections === 1;
    socket.on("error", () => {});
    socket.on("data", (request: Uint8Array) => {
      const answer = new Uint8Array(9);
      const view = new DataView(answer.buffer);
      view.setInt32(0, first ? 1_000_000 : 5);
      answer.set(request.subarray(CORRELATION, CORRELATION + 4), 4);
      answer[8] = 42;
      // Only the beginning of a long answer, then nothing.
      socket.write(answer, () => first && socket.resetAndDestroy());
    });
  });
  before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  after(() => new Promise((resolve) => server.close(resolve)));

  it("that broke in the middle of an answer hears the next ones when it is there again", async () => {
    patchReconnect();
    const { port } = server.address() as AddressInfo;
    const connection = new Made({
      host: "127.0.0.1",
      port,
      logger,
      socketFactory: openSocket,
      connectionTimeout: 30_000,
      requestTimeout: 30_000,
    });
    await connection.connect();
    await expect(connection.send(ask)).rejects.toThrow(/ECONNRESET|Closed connection/);
    await connection.connect();
    expect([...await connection.send(ask)]).toEqual([42]);
    await connection.disconnect();
  });
});
