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
  // Brokers say themselves where they are, and a process may connect only where its settings say.
  socket.once("error", (error: Error & { code?: string }) => {
    if (error.code !== "EPERM") return;
    error.message = `a broker says that it is at ${host}:${port}, which no setting names: add it to KAFKA_ADVERTISED`;
  });
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setTimeout(IDLE_MS);
  return socket;
}
