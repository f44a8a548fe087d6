import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactoryArgs } from "kafkajs";

const KEEP_ALIVE = 10_000;
/** A connection that carries nothing for so long is given up; the client opens another when it has something to say (ms). */
const IDLE = 30_000;

/** A connection that notices a peer that is gone without a word, which the client's own would keep for ever. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs) {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE);
  socket.setTimeout(IDLE);
  return socket;
}
