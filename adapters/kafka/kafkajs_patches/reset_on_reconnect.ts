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

/** Each response is preceded by its length in this many bytes. */
const LENGTH_BYTES = 4;

let patched = false;

/**
 * kafkajs 2.2.4 reuses the object of a broken connection with the bytes of a half-read response. It takes the new connection's
 * bytes for the rest of it, so no request completes any more. The patch clears the buffer and drops the old socket on each connect.
 */
export function patchReconnect(): void {
  if (patched) return;
  patched = true;
  const { prototype } = kafkaConnection as { prototype: Connection };
  const { connect } = prototype;
  prototype.connect = function (this: Connection) {
    if (!this.isConnected()) {
      const { socket } = this;
      // Another caller waits for a socket that is still connecting.
      if (socket !== undefined && !socket.connecting) socket.removeAllListeners().on("error", () => {}).destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    }
    return connect.call(this);
  };
}
