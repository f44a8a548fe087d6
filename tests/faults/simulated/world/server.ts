import { Unavailable } from "@/application/faults.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Store } from "@/application/ports.ts";
import type { StoreName } from "@/tests/oracle/consumers.ts";
import type { Life } from "./scheduler.ts";

/** A connection of a life, with the transaction at hand. */
type Session = { life: Life; open: boolean; kill(): void; gone: Promise<never> };

/** A store as its server keeps it, whatever becomes of the processes that use it. */
export type Server<Kind extends Store = Store> = {
  name: StoreName;
  store: Kind;
  down: boolean;
  sessions: Set<Session>;
  /** The messages of each transaction whose commit is under way, while later ones are through. */
  late: Set<Outgoing[]>;
  watchers: Set<() => void>;
};
export const serverOf = <Kind extends Store>(name: StoreName, store: Kind): Server<Kind> => ({
  name,
  store,
  down: false,
  sessions: new Set(),
  late: new Set(),
  watchers: new Set(),
});

/** Ends the connections of a process, and with each the transaction at hand. */
export function cut({ sessions }: { sessions: Set<Session> }, life: Life): void {
  for (const session of sessions) if (session.life === life) session.kill();
}

/** Begins a connection; `gone` rejects once it is cut. */
export function openSession({ sessions }: Pick<Server, "sessions">, life: Life): Session {
  const { promise: gone, reject } = Promise.withResolvers<never>();
  gone.catch(() => {});
  const one: Session = {
    life,
    open: true,
    gone,
    kill() {
      one.open = false;
      reject(new Unavailable("the connection is gone"));
    },
  };
  sessions.add(one);
  return one;
}
