import type { BlockList } from "node:net";
import type { Duplex } from "node:stream";
import { createBuckets, type Rate } from "@/adapters/http/base/limits/buckets.ts";
import { clientKey, holds, normaliseAddress } from "@/adapters/http/base/limits/networks.ts";

export type ConnectionLimits = {
  most: number;
  /** The most connections of one client. It does not apply to trusted proxies, which have many clients. */
  mostPerClient: number;
};

/**
 * How many connections a client may waste before new ones are refused. A connection is wasted when the server closes it before a
 * complete request. One that its client closes, or on which nothing was sent (browsers preconnect), is not.
 */
const WASTE: Rate = { perSecond: 5, burst: 50 };

type Socket = Duplex & { readonly remoteAddress?: string | undefined };
/** `wasUsed`: a complete request has arrived on it. */
type Connection = { socket: Socket; peer: Peer; requests: number; wasUsed: boolean };
/** A client. Its `idle` connections, which may be closed for new ones, are in the order of their last request. */
export type Peer = { key: string; isProxy: boolean; size: number; idle: Set<Connection> };

/**
 * The connections of a service. At the limit an idle one is closed for a new one: the client's own oldest, or the oldest of the
 * client with the most connections. A connection with an incomplete request counts as idle, so slow clients keep nobody out.
 */
export interface Connections {
  /** Returns whether a client may connect. Called before anything is allocated for its connection. */
  mayConnect(address: string): boolean;
  /** Adds a connection. Returns false, and closes it, when no idle one can be closed for it. */
  admit(socket: Socket): boolean;
  /** Protects a connection from being closed while a request is answered. Returns a function that ends the protection. */
  protect(socket: Socket): () => void;
  peerOf(socket: Socket): Peer | undefined;
  /** Counts the connection as wasted, unless a complete request has arrived on it. */
  countWaste(socket: Socket): void;
  /** Returns whether the connection is protected. */
  isProtected(socket: Socket): boolean;
  /** Closes the idle connections. */
  closeIdle(): void;
  closeAll(): void;
  /** Resolves when all connections are closed. */
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

  function countWaste({ peer, wasUsed }: Connection): void {
    if (!peer.isProxy && !wasUsed) waste.owe(peer.key);
  }

  function forget(connection: Connection): void {
    const { socket, peer } = connection;
    if (!all.delete(socket)) return;
    peer.idle.delete(connection);
    if (--peer.size === 0) peers.delete(peer.key);
  }

  /** Closes an idle connection when the limit is reached. Returns whether there is room. */
  function makeRoom(peer: Peer): boolean {
    const hasTooMany = !peer.isProxy && peer.size >= mostPerClient;
    if (!hasTooMany && all.size < most) return true;
    const [oldest] = (hasTooMany ? peer : largest(peers.values()))?.idle ?? [];
    if (oldest === undefined) return false;
    if (hasTooMany) countWaste(oldest);
    forget(oldest);
    oldest.socket.destroy();
    return true;
  }

  return {
    mayConnect: (address) => waste.has(clientAt(address, proxies).key),
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
    protect(socket) {
      const connection = all.get(socket);
      return connection === undefined ? () => {} : protect(connection, () => all.has(socket));
    },
    peerOf: (socket) => all.get(socket)?.peer,
    countWaste(socket) {
      const connection = all.get(socket);
      if (connection !== undefined) countWaste(connection);
    },
    isProtected: (socket) => (all.get(socket)?.requests ?? 0) > 0,
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

/** Returns the client at an address. The key of a proxy is its whole address, as other clients may share its /64. */
function clientAt(text: string, proxies: BlockList): Pick<Peer, "key" | "isProxy"> {
  const address = normaliseAddress(text) ?? "";
  const isProxy = address !== "" && holds(proxies, address);
  return { key: isProxy ? address : clientKey(address), isProxy };
}

/** Protects a connection while a request on it is answered. Returns a function that ends the protection. */
function protect(connection: Connection, isOpen: () => boolean): () => void {
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

/** Returns the client with the most connections among those with an idle one. Proxies come last. */
function largest(peers: Iterable<Peer>): Peer | undefined {
  let found: Peer | undefined;
  for (const peer of peers) {
    if (peer.idle.size === 0) continue;
    const isLarger = found === undefined || (peer.isProxy === found.isProxy ? peer.size > found.size : found.isProxy);
    if (isLarger) found = peer;
  }
  return found;
}
