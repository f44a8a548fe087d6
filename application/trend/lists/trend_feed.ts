import type { Clock, Logger } from "@/application/ports.ts";
import { messageOf } from "@/application/faults.ts";

/** What a list is at a moment. `id` is the same as long as it says the same. */
export type FeedState = { id: string; data: string };
/** Takes what is sent to a listener; false where it cannot take more. */
type Listener = (message: FeedState | "heartbeat") => boolean;

/** Listeners at the same time, where nothing else is set. */
export const STREAMS_MOST = 200;
const LOOK_MS = 1_000;
const HEARTBEAT_MS = 15_000;

/**
 * Follows lists for listeners, by name: each list is read once a second for all of its listeners, and not at all while it has none. A
 * listener gets the list as it is unless it has it already, and then each that says something else.
 */
export function createTrendFeeds(
  read: (name: string) => Promise<FeedState>,
  { most, clock, logger }: { most: number; clock: Clock; logger: Logger },
) {
  const feeds = new Map<string, ReturnType<typeof startFeed>>();
  const size = () => [...feeds.values()].reduce((sum, feed) => sum + feed.listeners.size, 0);
  return {
    /** Listeners at the moment. */
    size,
    /** Returns what ends it, or undefined where there are too many listeners. `known`: the id of the list that it has. */
    listen(name: string, listener: Listener, known: string | undefined): (() => void) | undefined {
      if (size() >= most) return undefined;
      const followed = feeds.get(name);
      // One whose last listener was dropped has ended.
      const goesOn = followed !== undefined && followed.listeners.size > 0;
      const feed = goesOn ? followed : startFeed(() => read(name), { clock, logger });
      feeds.set(name, feed);
      feed.add(listener, known);
      return () => {
        feed.remove(listener);
        if (feed.listeners.size === 0 && feeds.get(name) === feed) feeds.delete(name);
      };
    },
  };
}

function startFeed(read: () => Promise<FeedState>, { clock, logger }: { clock: Clock; logger: Logger }) {
  const listeners = new Map<Listener, { known: string | undefined; lastSentAt: number }>();
  const over = new AbortController();
  let last: FeedState | undefined;

  /** A slow listener is dropped. It asks again, and continues with the newest list. */
  function send(listener: Listener, message: FeedState | "heartbeat"): void {
    const state = listeners.get(listener);
    if (state === undefined) return;
    if (!listener(message)) return remove(listener);
    listeners.set(listener, { known: message === "heartbeat" ? state.known : message.id, lastSentAt: clock.now() });
  }

  function notifyAll(): void {
    for (const [listener, { known, lastSentAt }] of listeners) {
      if (last !== undefined && known !== last.id) send(listener, last);
      else if (clock.now() - lastSentAt >= HEARTBEAT_MS) send(listener, "heartbeat");
    }
  }

  function remove(listener: Listener): void {
    listeners.delete(listener);
    if (listeners.size === 0) over.abort();
  }

  async function follow(): Promise<void> {
    let failed = false;
    while (!over.signal.aborted) {
      try {
        last = await read();
        failed = false;
      } catch (error) {
        // The last list stands while the store is away.
        if (!failed) logger.warn("trend-stream-fault", { reason: messageOf(error) });
        failed = true;
      }
      notifyAll();
      await clock.sleep(LOOK_MS, over.signal);
    }
  }

  return {
    listeners,
    remove,
    add(listener: Listener, known: string | undefined): void {
      const isFirst = listeners.size === 0;
      listeners.set(listener, { known, lastSentAt: clock.now() });
      if (isFirst) void follow();
      else notifyAll();
    },
  };
}
