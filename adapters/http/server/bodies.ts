import type { IncomingMessage } from "node:http";
import type { Connections, Peer } from "./connections.ts";

export type BodyLimits = {
  /** The most incomplete bodies of all clients. */
  most: number;
  /** The most incomplete bodies of one client. It does not apply to trusted proxies, which have many clients. */
  mostPerClient: number;
};

/** Each incomplete body costs up to 30 kB before its first byte. A body that arrives with its head does not count. */
export const BODIES: BodyLimits = { most: 256, mostPerClient: 32 };

/** A body that is slower than this rate after this time is dropped in favour of another one. */
const STALLED_MS = 2_000;
const LEAST_BYTES_PER_SECOND = 1_024;

type Body = { incoming: IncomingMessage; from: number; bytes: number };

/** Limits the bodies that are being received. */
export interface Bodies {
  /** Admits a body. Returns false at the limit. */
  admit(incoming: IncomingMessage): boolean;
}

export function createBodies(
  { most, mostPerClient }: BodyLimits,
  connections: Pick<Connections, "peerOf" | "countWaste">,
  now = () => performance.now(),
): Bodies {
  const all = new Set<Body>();
  const ofPeer = new WeakMap<Peer, Set<Body>>();

  /** Drops the oldest body when it is too slow. Returns whether it did. */
  function giveUpOldest(bodies: Set<Body>): boolean {
    const [oldest] = bodies;
    if (oldest === undefined) return false;
    const seconds = (now() - oldest.from) / 1_000;
    const brought = oldest.incoming.socket.bytesRead - oldest.bytes;
    if (seconds * 1_000 < STALLED_MS || brought >= seconds * LEAST_BYTES_PER_SECOND) return false;
    all.delete(oldest);
    bodies.delete(oldest);
    connections.countWaste(oldest.incoming.socket);
    oldest.incoming.socket.destroy();
    return true;
  }

  return {
    admit(incoming) {
      const peer = connections.peerOf(incoming.socket);
      if (peer === undefined) return false;
      const own = ofPeer.get(peer) ?? new Set<Body>();
      ofPeer.set(peer, own);
      if (!peer.isProxy && own.size >= mostPerClient && !giveUpOldest(own)) return false;
      if (all.size >= most && !giveUpOldest(all)) return false;
      const body = { incoming, from: now(), bytes: incoming.socket.bytesRead };
      all.add(body);
      own.add(body);
      const leave = () => {
        all.delete(body);
        own.delete(body);
      };
      incoming.once("end", leave).once("close", leave);
      return true;
    },
  };
}
