import type { IncomingMessage } from "node:http";
import type { Connections } from "./connections.ts";

export type BodyPace = {
  /** How long a body may take. One that may be long has so long for each part of itself. */
  wholeMs: number;
  /** What a body that may be long has to bring in that time, at the least. */
  leastBytesPerSecond: number;
  /** How long such a body may take in all. */
  mostMs: number;
};

/** A slow line of 64 kbit/s brings twice as much. What has not come in full is cleared away after a day. */
export const LONG_BODY = { leastBytesPerSecond: 4_096, mostMs: 20 * 3_600_000 };

type Deps = BodyPace & { connections: Pick<Connections, "keep">; late: (incoming: IncomingMessage) => void };
/** Ends bodies that do not come in time: `late` is called for them. */
export type BodyDeadlines = ReturnType<typeof createBodyDeadlines>;

export const createBodyDeadlines = ({ wholeMs, leastBytesPerSecond, mostMs, connections, late }: Deps) => ({
  /** Gives a body its time. Returns what allows it to be long, as long as it comes at a pace. */
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
      const release = connections.keep(socket);
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
