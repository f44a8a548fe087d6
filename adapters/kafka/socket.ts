import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactoryArgs } from "kafkajs";

const KEEP_ALIVE_MS = 10_000;
/** A connection that carries nothing for so long is closed; the client opens another when it needs one. */
const IDLE_MS = 30_000;

/** A connection that ends when its peer vanishes silently; the client's own connections would stay open for ever. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs) {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setTimeout(IDLE_MS);
  return socket;
}
