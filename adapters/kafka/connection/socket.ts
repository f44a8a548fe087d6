import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactoryArgs } from "kafkajs";

const KEEP_ALIVE_MS = 10_000;
/** An idle connection is closed after this time. The client opens a new one when it needs it. */
const IDLE_MS = 30_000;

/** Opens a connection with keep-alive and an idle timeout. kafkajs' own sockets stay open for ever when the peer vanishes. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs) {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  // Brokers advertise their own addresses, but the process may only connect to those in its settings.
  socket.once("error", (error: Error & { code?: string }) => {
    if (error.code !== "EPERM") return;
    error.message = `a broker says that it is at ${host}:${port}, which no setting names: add it to KAFKA_ADVERTISED`;
  });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setTimeout(IDLE_MS);
  return socket;
}
