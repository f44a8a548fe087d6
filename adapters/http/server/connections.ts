import type { BlockList } from "node:net";
import type { Duplex } from "node:stream";
import { createBuckets, type Rate } from "@/adapters/http/base/limits/buckets.ts";
import { clientKey, holds, normaliseAddress } from "@/adapters/http/base/limits/networks.ts";

export type ConnectionLimits = {
  most: number;
  /** How many one client may have. Trusted proxies may have more, as they bring many clients. */
  mostPerClient: number;
};

/**
 * How many connections a client may waste before it is refused new ones. A connection is wasted when it is given up or refused
 * before a request arrived in full. One that its client closes, or on which nothing was sent (browsers preconnect), is not.
 */
const WASTE: Rate = { perSecond: 5, burst: 50 };

type Socket = Duplex & { readonly remoteAddress?: string | undefined };
/** `wasUsed`: a request of it has come in full. */
type Connection = { socket: Socket; peer: Peer; requests: number; wasUsed: boolean };
/** A client. Its `idle` connections, which can be given up, are in the order of their last request. */
export type Peer = { key: string; isProxy: boolean; size: number; idle: Set<Connection> };

/**
 * The connections of a service. Where there are too many, an idle one is closed for a new one: the client's own oldest, or the
 * oldest of the client that has most. Idle is also one whose request has not arrived in full, so that slow ones keep nobody out.
 */
export interface Connections {
  /** Whether a client at this address is let in; asked before anything is made for its connection. */
  lets(address: string): boolean;
  /** Takes a connection; false, and closes it, when none can be given up for it. */
  admit(socket: Socket): boolean;
  /** Keeps the connection from being given up while a request of it is answered, until the function is called. */
  keep(socket: Socket): () => void;
  peerOf(socket: Socket): Peer | undefined;
  /** Notes that the connection was wasted, unless it has been of use. */
  noteWaste(socket: Socket): void;
  /** Whether a request of it is being answered. */
  isKept(socket: Socket): boolean;
  /** Closes those that wait for a request. */
  closeIdle(): void;
  closeAll(): void;
  /** Resolves when there are none any more. */
  ended(): Promise<void>;
  size(): number;
}

export function createConnections(
  { most, mostPerClient }: ConnectionLimits,
  proxies: BlockList,
  now = () => performance.now(),
): Connections {
  const all = new Map<Socket, Connection>();
  const peers = new Map<string, Peer>();
  const waste = createBuckets(WASTE, now);

  function noteWaste({ peer, wasUsed }: Connection): void {
    if (!peer.isProxy && !wasUsed) waste.owe(peer.key);
  }

  function forget(connection: Connection): void {
    const { socket, peer } = connection;
    if (!all.delete(socket)) return;
    peer.idle.delete(connection);
    if (--peer.size === 0) peers.delete(peer.key);
  }

  /** Whether there is room now. */
  function makeRoom(peer: Peer): boolean {
    const hasTooMany = !peer.isProxy && peer.size >= mostPerClient;
    if (!hasTooMany && all.size < most) return true;
    const [oldest] = (hasTooMany ? peer : largest(peers.values()))?.idle ?? [];
    if (oldest === undefined) return false;
    if (hasTooMany) noteWaste(oldest);
    forget(oldest);
    oldest.socket.destroy();
    return true;
  }

  return {
    lets: (address) => waste.has(clientAt(address, proxies).key),
    admit(socket) {
      const client = clientAt(socket.remoteAddress ?? "", proxies);
      const peer = peers.get(client.key) ?? { ...client, size: 0, idle: new Set() };
      if (!makeRoom(peer)) {
        socket.destroy();
        return false;
      }
      peers.set(peer.key, peer);
      const connection = { socket, peer, requests: 0, wasUsed: false };
      all.set(socket, connection);
      peer.size++;
      peer.idle.add(connection);
      socket.once("close", () => forget(connection));
      return true;
    },
    keep(socket) {
      const connection = all.get(socket);
      return connection === undefined ? () => {} : keep(connection, () => all.has(socket));
    },
    peerOf: (socket) => all.get(socket)?.peer,
    noteWaste(socket) {
      const connection = all.get(socket);
      if (connection !== undefined) noteWaste(connection);
    },
    isKept: (socket) => (all.get(socket)?.requests ?? 0) > 0,
    closeIdle() {
      for (const { idle } of peers.values()) for (const { socket } of idle) socket.destroy();
    },
    closeAll() {
      for (const socket of all.keys()) socket.destroy();
    },
    ended: () => allClosed(all),
    size: () => all.size,
  };
}

/** A proxy is known by its whole address, as other clients may share its /64. */
function clientAt(text: string, proxies: BlockList): Pick<Peer, "key" | "isProxy"> {
  const address = normaliseAddress(text) ?? "";
  const isProxy = address !== "" && holds(proxies, address);
  return { key: isProxy ? address : clientKey(address), isProxy };
}

/** Keeps a connection from being given up while a request of it is answered, until the returned function is called. */
function keep(connection: Connection, isOpen: () => boolean): () => void {
  const { idle } = connection.peer;
  connection.requests++;
  connection.wasUsed = true;
  idle.delete(connection);
  return () => {
    if (--connection.requests === 0 && isOpen()) idle.add(connection);
  };
}

async function allClosed(sockets: ReadonlyMap<Socket, Connection>): Promise<void> {
  while (sockets.size > 0) await Promise.all([...sockets.keys()].map(closed));
}

/** Resolves when the socket is closed. A reset is an error first, so only `close` counts. */
const closed = (socket: Socket) => new Promise<void>((done) => void socket.once("close", () => done()));

/** The client that has most connections, one that can give one up; proxies last. */
function largest(peers: Iterable<Peer>): Peer | undefined {
  let found: Peer | undefined;
  for (const peer of peers) {
    if (peer.idle.size === 0) continue;
    const isLarger = found === undefined || (peer.isProxy === found.isProxy ? peer.size > found.size : found.isProxy);
    if (isLarger) found = peer;
  }
  return found;
}
