import type { IncomingMessage } from "node:http";
import type { Connections } from "./connections.ts";

export type BodyPace = {
  /** How long a body may take. For a long body this is the interval in which its rate is checked. */
  wholeMs: number;
  /** The minimum rate of a long body. */
  leastBytesPerSecond: number;
  /** How long a long body may take in all. */
  mostMs: number;
};

/** A slow line of 64 kbit/s is twice as fast. Incomplete imports are removed after a day, so a body may take less than that. */
export const LONG_BODY = { leastBytesPerSecond: 4_096, mostMs: 20 * 3_600_000 };

type Deps = BodyPace & { connections: Pick<Connections, "protect">; late: (incoming: IncomingMessage) => void };
/** Enforces the deadlines of bodies. Calls `late` for a body that is too slow. */
export type BodyDeadlines = ReturnType<typeof createBodyDeadlines>;

export const createBodyDeadlines = ({ wholeMs, leastBytesPerSecond, mostMs, connections, late }: Deps) => ({
  /** Starts the deadline of a body. Returns a function that replaces it by the minimum rate of a long body. */
  watch(incoming: IncomingMessage): () => void {
    const { socket } = incoming;
    let leave = () => {};
    const giveUp = () => {
      leave();
      late(incoming);
    };
    const timer = setTimeout(giveUp, wholeMs);
    leave = () => clearTimeout(timer);
    const end = () => leave();
    incoming.once("end", end).once("close", end);

    return () => {
      if (incoming.complete || socket.destroyed) return;
      leave();
      const release = connections.protect(socket);
      let [parts, had] = [0, socket.bytesRead];
      const pace = setInterval(() => {
        const brought = socket.bytesRead - had;
        had = socket.bytesRead;
        if (brought < leastBytesPerSecond * wholeMs / 1_000 || ++parts * wholeMs >= mostMs) giveUp();
      }, wholeMs);
      leave = () => {
        clearInterval(pace);
        release();
      };
    };
  },
});
