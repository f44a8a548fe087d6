import { connect, type Socket } from "node:net";
import type { Tally } from "./tally.ts";

/** Where a stranger goes, and the address of this machine that it comes from. */
type Way = { port: number; from: string };

/** A connection on which a stranger sends whatever it likes. */
export interface Connection {
  /** Sends a part; nothing happens where the connection is closed already. */
  send(part: string | Uint8Array): void;
  /** Resolves with the status of the next answer, or with undefined once the connection is closed. */
  answered(): Promise<number | undefined>;
  isOpen(): boolean;
  /** Resolves when the other end has closed it, or after a while. */
  closed(mostMs: number): Promise<void>;
  close(): void;
}

/** Resolves with a connection, or with undefined where the other end wants none. Every status that comes is noted. */
export async function open({ port, from }: Way, tally: Tally): Promise<Connection | undefined> {
  const socket = connect({ host: "127.0.0.1", port, localAddress: from });
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const waiting: ((status: number | undefined) => void)[] = [];
  const statuses: number[] = [];
  socket.on("data", (bytes: Uint8Array) => {
    for (const status of statusesIn(bytes)) {
      tally.noteStatus(status);
      const next = waiting.shift();
      if (next === undefined) statuses.push(status);
      else next(status);
    }
  });
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    for (const next of waiting.splice(0)) next(undefined);
    end();
  });
  if (!(await isConnected(socket, over))) {
    tally.noteRefusal();
    return undefined;
  }
  tally.noteOpening();
  over.then(tally.noteEnd);
  return {
    send: (part) => void (socket.writable && socket.write(part)),
    answered: () =>
      new Promise((resolve) => {
        const status = statuses.shift();
        if (status !== undefined || socket.destroyed) resolve(status);
        else waiting.push(resolve);
      }),
    isOpen: () => !socket.destroyed,
    async closed(mostMs) {
      const late = setTimeout(end, mostMs);
      await over;
      clearTimeout(late);
      socket.destroy();
    },
    close: () => void socket.destroy(),
  };
}

const isConnected = (socket: Socket, over: Promise<void>): Promise<boolean> =>
  Promise.race([
    new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true))),
    over.then(() => false),
  ]);

const decoder = new TextDecoder("latin1");
const statusesIn = (bytes: Uint8Array): number[] =>
  [...decoder.decode(bytes).matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
