import { createMemoryChanges } from "@/adapters/memory/changes.ts";
import { Unavailable } from "@/application/messaging/faults.ts";
import type { ConsumerStores } from "@/application/messaging/guard.ts";
import type { Changes, Outgoing, UnitOfWork } from "@/application/messaging/ports.ts";
import type { Store } from "@/application/stores.ts";
import { belongsTo, createCommit, note, ownerOf } from "./commits.ts";
import type { Faults } from "./faults.ts";
import { gatedStores } from "./gated.ts";
import type { Commit, History } from "./history.ts";
import type { Random } from "./random.ts";
import type { Life, Scheduler } from "./scheduler.ts";

/** What the simulated parts of one schedule share. */
export type Air = {
  random: Random;
  faults: Faults;
  history: History;
  scheduler: Scheduler;
  /** Told of every call, for whoever looks into a failing seed. */
  tell?: ((who: string, what: string, ...said: unknown[]) => void) | undefined;
};
type Session = { life: Life; open: boolean; kill(): void; gone: Promise<never> };
type AnyStore = Store & { uow: UnitOfWork<ConsumerStores> };

/** A store as its server keeps it, whatever becomes of the processes that use it. */
export type Server<Kind extends AnyStore> = {
  name: string;
  store: Kind;
  down: boolean;
  sessions: Set<Session>;
  /** Messages of transactions whose commit is under way, while later ones are through. */
  late: Set<Outgoing>;
  watchers: Set<() => void>;
};
export const serverOf = <Kind extends AnyStore>(name: string, store: Kind): Server<Kind> => ({
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

/** The store as one life of a process sees it: each call waits for its turn, and may go wrong. */
export function simulatedStore<Kind extends AnyStore>(
  server: Server<Kind>,
  life: Life,
  { random, faults, history, tell }: Air,
  mutate: <Stores extends object>(stores: Stores) => Stores = (stores) => stores,
): Kind {
  const epochs = new Map<string, number>();
  life.onCrash(() => cut(server, life));

  function session(): Session {
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
    server.sessions.add(one);
    return one;
  }

  /** Rows that a later commit of the same key can see must be there. */
  function store(commit: Commit): void {
    history.commits.push(commit);
    for (const earlier of server.late) {
      if (commit.said.some((message) => sameKey(message, earlier))) server.late.delete(earlier);
    }
    if (commit.said.length > 0 && faults.strike("commitLate")) { for (const one of commit.said) server.late.add(one); }
  }

  async function transaction(work: (stores: ConsumerStores) => Promise<unknown>): Promise<unknown> {
    await life.turn();
    if (server.down) throw new Unavailable("the store is down");
    const own = session();
    const commit = createCommit(server.name, life.name);
    const stored = server.store.uow.run(async (stores) => {
      const ports = gatedStores(mutate(stores), async (port, method, given, call) => {
        await life.turn();
        if (!own.open) throw new Unavailable("the connection is gone");
        if (server.down) throw new Unavailable("the store is down");
        const answer = await call();
        tell?.(life.name, `${port}.${method}`, given, answer);
        note(commit, epochs, port, method, given, answer);
        return answer;
      });
      belongsTo(ports, commit);
      if (!own.open) return await own.gone;
      const value = await Promise.race([work(ports), own.gone]);
      await Promise.race([life.turn(), own.gone]);
      if (server.down || faults.strike("commitRefused")) throw new Unavailable("the store did not answer");
      store(commit);
      tell?.(life.name, `${server.name} commit`);
      return value;
    }).finally(() => server.sessions.delete(own));
    const value = await stored;
    if (commit.said.some((message) => server.late.has(message))) {
      const through = () => commit.said.forEach((message) => server.late.delete(message));
      life.onCrash(through);
      await life.clock.sleep(random.below(50));
      through();
    }
    if (commit.wrote) { for (const notify of server.watchers) notify(); }
    await life.turn();
    if (faults.strike("commitAnswerLost")) throw new Unavailable("the store's answer was lost");
    for (const claim of commit.claims) epochs.set(ownerOf(claim), claim.epoch);
    return value;
  }

  const outside = gatedStores<Kind>(server.store, async (port, method, given, call) => {
    await life.turn();
    if (server.down) throw new Unavailable("the store is down");
    const answer = await call();
    tell?.(life.name, `${port}.${method}`, given, answer);
    await life.turn();
    if (faults.strike("answerLost")) throw new Unavailable("the store's answer was lost");
    return port === "outbox" && method === "read" ? withoutLate(answer, server.late) : answer;
  });

  function changes(): Changes {
    const own = createMemoryChanges(life.clock.sleep);
    server.watchers.add(own.notify);
    life.onCrash(() => server.watchers.delete(own.notify));
    return own;
  }

  return { ...outside, uow: { run: transaction }, changes };
}

const sameKey = (a: Outgoing, b: Outgoing): boolean =>
  a.topic === b.topic && String(a.key ?? "") === String(b.key ?? "");

const withoutLate = (rows: unknown, late: Set<Outgoing>): unknown =>
  (rows as { message: Outgoing }[]).filter(({ message }) => !late.has(message));
