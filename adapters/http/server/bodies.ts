import type { IncomingMessage } from "node:http";
import type { Connections, Peer } from "./connections.ts";

export type BodyLimits = {
  /** Bodies that have not come in full, of all clients. */
  most: number;
  /** Those of one client. Trusted proxies may have more, as they bring many clients. */
  mostPerClient: number;
};

/** Each costs up to 30 kB of memory before its first byte; a body that comes with its head is none of them. */
export const BODIES: BodyLimits = { most: 256, mostPerClient: 32 };

/** A body that has had so long and brought less than this is given up for another one. */
const STALLED_MS = 2_000;
const LEAST_BYTES_PER_SECOND = 1_024;

type Body = { incoming: IncomingMessage; from: number; bytes: number };

/** Counts the bodies that are being received, so that they fill neither memory nor all places. */
export interface Bodies {
  /** Takes one in; false where others have to end first. */
  admit(incoming: IncomingMessage): boolean;
}

export function createBodies(
  { most, mostPerClient }: BodyLimits,
  connections: Pick<Connections, "peerOf" | "noteWaste">,
  now = () => performance.now(),
): Bodies {
  const all = new Set<Body>();
  const ofPeer = new WeakMap<Peer, Set<Body>>();

  /** Ends the oldest where it brings next to nothing. */
  function giveUpOldest(bodies: Set<Body>): boolean {
    const [oldest] = bodies;
    if (oldest === undefined) return false;
    const seconds = (now() - oldest.from) / 1_000;
    const brought = oldest.incoming.socket.bytesRead - oldest.bytes;
    if (seconds * 1_000 < STALLED_MS || brought >= seconds * LEAST_BYTES_PER_SECOND) return false;
    all.delete(oldest);
    bodies.delete(oldest);
    connections.noteWaste(oldest.incoming.socket);
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
