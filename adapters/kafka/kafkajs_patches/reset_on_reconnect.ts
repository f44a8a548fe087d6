import kafkaConnection from "kafkajs/connection";
import type { Socket } from "node:net";

/** The part of kafkajs' connection that the patch uses. */
type Connection = {
  socket?: Socket;
  chunks: Uint8Array[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<unknown>;
};

/** The length of an answer stands before it in so many bytes. */
const LENGTH_BYTES = 4;

let patched = false;

/**
 * kafkajs 2.2.4 reuses the object of a broken connection with the bytes of a half-read answer. It takes the new connection's
 * bytes for the rest of that answer, and no request is answered any more. The patch starts every connection with no bytes and
 * ignores the old socket.
 */
export function patchReconnect(): void {
  if (patched) return;
  patched = true;
  const { prototype } = kafkaConnection as { prototype: Connection };
  const { connect } = prototype;
  prototype.connect = function (this: Connection) {
    if (!this.isConnected()) {
      const { socket } = this;
      // A socket that is still connecting is left alone: another caller waits for it.
      if (socket !== undefined && !socket.connecting) socket.removeAllListeners().on("error", () => {}).destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    }
    return connect.call(this);
  };
}
