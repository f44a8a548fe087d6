import kafkaConnection from "kafkajs/connection";
import type { Socket } from "node:net";

/** What the patch touches of a connection of kafkajs. */
type Connection = {
  socket?: Socket;
  chunks: Uint8Array[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<unknown>;
};

/** Bytes that say how long an answer is. */
const LENGTH = 4;

let patched = false;

/**
 * kafkajs 2.2.4 uses a connection's object again after the connection broke, with the bytes of the answer that was on its way: it
 * takes the next connection's bytes for the rest of it, and no request is answered any more. Every connection begins with
 * nothing, and what the one before may still say is not heard.
 */
export function patchReconnect(): void {
  if (patched) return;
  patched = true;
  const { prototype } = kafkaConnection as { prototype: Connection };
  const { connect } = prototype;
  prototype.connect = function (this: Connection) {
    if (!this.isConnected()) {
      const { socket } = this;
      // One that is still on its way is waited for by who asked for it.
      if (socket !== undefined && !socket.connecting) socket.removeAllListeners().on("error", () => {}).destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH });
    }
    return connect.call(this);
  };
}
