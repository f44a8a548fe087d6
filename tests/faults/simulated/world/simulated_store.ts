import { createChanges } from "@/application/shared/concurrency/changes.ts";
import { Unavailable } from "@/application/faults.ts";
import type { ConsumerStores } from "@/application/messaging/consuming/ports.ts";
import type { Changes, Store, UnitOfWork } from "@/application/ports.ts";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { ProjectionStore } from "@/application/messaging/projections/ports.ts";
import { createCommit, note, ownerOf, withCommit } from "./commits.ts";
import type { Faults } from "./faults.ts";
import { gatedStores } from "./gated.ts";
import type { Commit, History } from "./history.ts";
import type { Random } from "@/application/shared/random.ts";
import type { Marks } from "@/tests/faults/simulated/checks/marks.ts";
import type { Life, Scheduler } from "./scheduler.ts";
import { cut, openSession, type Server } from "./server.ts";
import type { Steps } from "@/tests/faults/simulated/schedules/steps.ts";

/** What the simulated parts of one schedule share. */
export type Air = {
  random: Random;
  faults: Faults;
  history: History;
  scheduler: Scheduler;
  steps: Steps;
  marks: Marks;
  /** Told of every call, for whoever looks into a failing seed. */
  tell?: ((who: string, what: string, ...said: unknown[]) => void) | undefined;
};
type WithUow = { uow: UnitOfWork<ConsumerStores> };
type Mutate = <Stores extends object>(stores: Stores) => Stores;

/** The store as one life of a process sees it: each call waits for its turn, and may go wrong. */
export function simulatedStore<Kind extends Store & WithUow>(
  server: Server<Kind>,
  life: Life,
  air: Air,
  mutate?: Mutate,
): Kind {
  const { partsOf, changes } = connect(server, life, air, mutate);
  return { ...partsOf(server.store, 1), changes };
}

/** The same for a projection's store, with its versions. */
export function simulatedProjection<Version extends WithUow>(
  server: Server<ProjectionStore<Version>>,
  life: Life,
  air: Air,
  mutate?: Mutate,
): ProjectionStore<Version> {
  const { store } = server;
  const { partsOf, outside, changes } = connect(server, life, air, mutate);
  const versions = new Map<number, Version>();
  return {
    ...gatedStores(store, outside),
    changes,
    live: () => outside("store", "live", [], store.live) as ReturnType<typeof store.live>,
    movedAt: () => outside("store", "movedAt", [], store.movedAt) as ReturnType<typeof store.movedAt>,
    at(version) {
      const parts = versions.get(version) ?? partsOf(store.at(version), version);
      versions.set(version, parts);
      return parts;
    },
  };
}

/** What a life has of a server: parts of its store, whose transactions may be cut off. */
function connect(
  server: Server,
  life: Life,
  { random, faults, history, marks, tell }: Air,
  mutate: Mutate = (stores) => stores,
) {
  const epochs = new Map<string, number>();
  life.onCrash(() => cut(server, life));

  async function transaction(
    uow: UnitOfWork<ConsumerStores>,
    version: number,
    work: (stores: ConsumerStores) => Promise<unknown>,
  ): Promise<unknown> {
    await life.turn();
    if (server.down) throw new Unavailable("the store is down");
    const own = openSession(server, life);
    const commit = createCommit(server.name, life.name, version);
    const stored = uow.run(async (stores) => {
      const ports = gatedStores(withCommit(mutate(stores), commit), async (port, method, given, call) => {
        await life.turn();
        if (!own.open) throw new Unavailable("the connection is gone");
        if (server.down) throw new Unavailable("the store is down");
        const answer = await call();
        tell?.(life.name, `${port}.${method}`, given, answer);
        note(commit, epochs, port, method, given, answer);
        return answer;
      });
      if (!own.open) return await own.gone;
      const value = await Promise.race([work(ports), own.gone]);
      await Promise.race([life.turn(), own.gone]);
      if (server.down || faults.strike("commitRefused", life.name)) throw new Unavailable("the store did not answer");
      keep(commit, server, { faults, history });
      tell?.(life.name, `${server.name} commit`);
      return value;
    }).finally(() => server.sessions.delete(own));
    const value = await stored.catch((error) => {
      marks.reach(`a transaction of ${server.name} ends: ${error instanceof Error ? error.name : error}`);
      throw error;
    });
    if (server.late.has(commit.said)) await throughLate(commit, server, { life, random });
    if (commit.wrote) { for (const notify of server.watchers) notify(); }
    await life.turn();
    if (faults.strike("commitAnswerLost", life.name)) throw new Unavailable("the store's answer was lost");
    for (const claim of commit.claims) epochs.set(ownerOf(claim, version), claim.epoch);
    return value;
  }

  async function outside(
    port: string,
    method: string,
    given: unknown[],
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    await life.turn();
    if (server.down) throw new Unavailable("the store is down");
    const answer = await call();
    tell?.(life.name, `${port}.${method}`, given, answer);
    await life.turn();
    if (faults.strike("answerLost", life.name)) throw new Unavailable("the store's answer was lost");
    return port === "outbox" && method === "read" ? withoutLate(answer, server.late) : answer;
  }

  const partsOf = <Parts extends WithUow>(parts: Parts, version: number): Parts => ({
    ...gatedStores(parts, outside),
    uow: { run: (work: (stores: ConsumerStores) => Promise<unknown>) => transaction(parts.uow, version, work) },
  });
  return { partsOf, outside, changes: () => watch(server, life) };
}

/** A watcher of a server's changes, for as long as the life lasts. */
function watch({ watchers }: Server, life: Life): Changes {
  const own = createChanges(life.clock);
  watchers.add(own.notify);
  life.onCrash(() => watchers.delete(own.notify));
  return own;
}

/** Notes what was stored. Rows that a later commit of the same key can see must be there. */
function keep(commit: Commit, server: Server, { faults, history }: Pick<Air, "faults" | "history">): void {
  history.commits.push(commit);
  for (const [place, messages] of commit.began === undefined ? [] : history.log) {
    commit.began?.set(place, messages.length);
  }
  for (const earlier of server.late) {
    if (commit.said.some((message) => earlier.some((one) => sameKey(message, one)))) server.late.delete(earlier);
  }
  if (commit.said.length > 0 && faults.strike("commitLate", commit.by)) server.late.add(commit.said);
}

/** Waits until a commit that is late is through, for its rows to be seen. */
async function throughLate(commit: Commit, { late }: Server, { life, random }: { life: Life; random: Random }) {
  const through = () => void late.delete(commit.said);
  life.onCrash(through);
  await life.clock.sleep(random.below(50));
  through();
}

const sameKey = (a: Outgoing, b: Outgoing): boolean =>
  a.topic === b.topic && String(a.key ?? "") === String(b.key ?? "");

function withoutLate(rows: unknown, late: Set<Outgoing[]>): unknown {
  const hidden = new Set([...late].flat());
  return (rows as { message: Outgoing }[]).filter(({ message }) => !hidden.has(message));
}
