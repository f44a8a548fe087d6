import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Row, StoreName, TargetLog, TargetStore } from "@/application/moving/ports.ts";

export type MemoryTarget = {
  stores: Record<StoreName, TargetStore>;
  log: TargetLog;
  rows: Record<StoreName, Map<string, Row[]>>;
  messages: Outgoing[];
};

/** The target of a move, in memory. */
export function memoryTarget(): MemoryTarget {
  const messages: Outgoing[] = [];
  const rows = { web: new Map(), trend: new Map(), recommendation: new Map() } as MemoryTarget["rows"];
  return {
    rows,
    messages,
    stores: { web: store(rows.web), trend: store(rows.trend), recommendation: store(rows.recommendation) },
    log: {
      id: () => Promise.resolve("log"),
      append: (more) => Promise.resolve(void messages.push(...more)),
      sizes: (topics) =>
        Promise.resolve(
          Object.fromEntries(topics.map((topic) => [topic, messages.filter((one) => one.topic === topic).length])),
        ),
    },
  };
}

function store(tables: Map<string, Row[]>): TargetStore {
  const notes = new Map<string, string>();
  return {
    notes: () => Promise.resolve(new Map(notes)),
    counts: () => Promise.resolve(Object.fromEntries([...tables].map(([name, rows]) => [name, rows.length]))),
    put(added, more) {
      if (added !== undefined) tables.set(added.table, [...(tables.get(added.table) ?? []), ...added.rows]);
      for (const [name, value] of Object.entries(more)) notes.set(name, value);
      return Promise.resolve();
    },
    clear(prefix) {
      tables.clear();
      for (const name of [...notes.keys()]) if (name.startsWith(prefix)) notes.delete(name);
      return Promise.resolve();
    },
  };
}

/** A target whose writes fail as if the process had been killed: `before` a write, or `after` it was done, once so many are. */
export function mortal(
  { stores, log }: Pick<MemoryTarget, "stores" | "log">,
): Pick<MemoryTarget, "stores" | "log"> & { dieAt(write: number, when: "before" | "after"): void } {
  let left = Infinity;
  let kind: "before" | "after" = "before";
  const write = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    left--;
    if (left <= 0 && kind === "before") throw new Killed();
    const value = await work();
    if (left <= 0) throw new Killed();
    return value;
  };
  const wrapped = (inner: TargetStore): TargetStore => ({
    ...inner,
    put: (rows, notes) => write(() => inner.put(rows, notes)),
    clear: (prefix) => write(() => inner.clear(prefix)),
  });
  return {
    stores: {
      web: wrapped(stores.web),
      trend: wrapped(stores.trend),
      recommendation: wrapped(stores.recommendation),
    },
    log: { ...log, append: (messages) => write(() => log.append(messages)) },
    dieAt(at, when) {
      left = at;
      kind = when;
    },
  };
}

export class Killed extends Error {
  override name = "Killed";
}
