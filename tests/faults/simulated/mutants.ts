import type { DeadLetters, PositionKey, Positions } from "@/application/messaging/consuming/ports.ts";
import type { EventLog } from "@/application/messaging/wire/event_log.ts";
import type { Inbox } from "@/application/messaging/commands/ports.ts";
import type { LogHistory } from "@/application/messaging/rebuild/ports.ts";
import type { Outbox, OutboxQueue } from "@/application/messaging/outbox/ports.ts";
import type { UnitOfWork } from "@/application/ports.ts";
import type { Handling, Sink } from "@/application/messaging/consuming/sink.ts";
import type { DeadLetterStores } from "@/application/messaging/dead_letters/ports.ts";
import type { Votes } from "@/application/trend/ports.ts";
import type { Door } from "./door.ts";
import type { Fault } from "./faults.ts";
import type { WebStore } from "@/application/storefront/ports.ts";

type OwnSink = Sink<DeadLetterStores>;
type OwnHandling = Handling<DeadLetterStores>;

/** A bug to plant: parts that are put in the place of the real ones. Nothing outside these tests can plant one. */
export type Mutant = {
  sink?(sink: OwnSink, uow: Uow): OwnSink;
  outbox?(store: WebStore): OutboxQueue;
  /** Changes what clients find at a web process. */
  door?(door: Door): Door;
  /** The log as a rebuild sees it. */
  rebuilt?(log: EventLog & LogHistory): EventLog & LogHistory;
  /** Changes the ports of a transaction; made anew for each life. */
  stores?(): <Stores extends object>(stores: Stores) => Stores;
  /** Faults that the bug shows under, of which its schedules have more. */
  often?: Fault[];
};
export type Uow = UnitOfWork<DeadLetterStores>;

/** The effects without what guards them. */
const unguarded = ({ received, failed }: OwnHandling): OwnHandling => ({
  received,
  failed,
  before: () => Promise.resolve(),
  after: () => Promise.resolve(),
});

/** Stores with one port changed, where they have it. */
const porting =
  <Port>(name: string, change: (port: Port) => Partial<Port>) => <Stores extends object>(stores: Stores) =>
    name in stores
      ? { ...stores, [name]: { ...Reflect.get(stores, name), ...change(Reflect.get(stores, name) as Port) } }
      : stores;

/** The position in a transaction of its own. */
const movePosition = (uow: Uow, { before, after }: OwnHandling): Promise<void> =>
  uow.run(async (stores) => {
    await before(stores);
    await after(stores);
  });

/** What a process takes its positions for, which has claimed them once and asks nobody any more. */
function believed() {
  const places = new Map<string, { next: string | undefined; epoch: number }>();
  const nameOf = (key: PositionKey) => JSON.stringify(key);
  return {
    own: (key: PositionKey) => Promise.resolve(places.get(nameOf(key))),
    noting: (positions: Positions): Pick<Positions, "claim" | "move"> => ({
      async claim(key, owner) {
        const claim = await positions.claim(key, owner);
        places.set(nameOf(key), claim);
        return claim;
      },
      async move(key, next) {
        places.set(nameOf(key), { next, epoch: places.get(nameOf(key))?.epoch ?? 0 });
        await positions.move(key, next);
      },
    }),
  };
}

/** The names of a message of the outbox and of those behind it in its row. */
function wholeRow(name: string): string[] {
  const [row, left] = name.split(".");
  return Array.from({ length: Number(left) }, (_, at) => `${row}.${Number(left) - at}`);
}

/** Each planted bug with the invariants, one of which it must be seen to break. */
export const MUTANTS: Record<string, { breaks: string[]; mutant: Mutant; patience?: number }> = {
  "the position is stored before the effect": {
    breaks: ["I1"],
    mutant: {
      sink: (sink, uow) => ({
        ...sink,
        async handle(handling) {
          await movePosition(uow, handling);
          return await sink.handle(unguarded(handling));
        },
      }),
    },
  },
  "messages are acknowledged before they are stored": {
    breaks: ["I1"],
    mutant: {
      sink: (sink, uow) => ({
        ...sink,
        async handle(handling) {
          await movePosition(uow, handling);
          sink.handle(unguarded(handling)).catch(() => {});
          return [];
        },
      }),
    },
  },
  "the effect is stored before the position": {
    breaks: ["I1"],
    mutant: {
      sink: (sink, uow) => ({
        ...sink,
        async handle(handling) {
          const repeated = await sink.handle(unguarded(handling));
          await movePosition(uow, handling);
          return repeated;
        },
      }),
    },
  },
  "the relay reads on by a cursor": {
    breaks: ["I11"],
    mutant: {
      outbox({ outbox }) {
        let last = 0;
        return {
          ...outbox,
          async read(shards, most) {
            const rows = (await outbox.read(shards, most)).filter(({ row }) => Number(row) > last);
            last = Math.max(last, ...rows.map(({ row }) => Number(row)));
            return rows;
          },
        };
      },
    },
  },
  "a row that was sent stays, and is sent again": {
    breaks: ["I11"],
    mutant: {
      stores: () =>
        porting<Outbox>("outbox", (outbox) => ({
          remove: (rows) => outbox.remove(rows.filter((name) => Number(name.split(".")[0]) % 20 !== 7)),
        })),
    },
  },
  "a row goes when the first of its messages is sent": {
    breaks: ["I1"],
    mutant: {
      outbox({ outbox }) {
        return {
          ...outbox,
          async read(shards, most) {
            const rows = await outbox.read(shards, most);
            const firstOfRow = (at: number) => rows[at]?.row.split(".")[0] !== rows[at - 1]?.row.split(".")[0];
            return rows.filter((_, at) => firstOfRow(at)).map(({ row, message }) => ({ row, message }));
          },
        };
      },
      stores: () =>
        porting<Outbox>("outbox", (outbox) => ({
          remove: (rows) => outbox.remove(rows.flatMap(wholeRow)),
        })),
    },
  },
  "a message goes before those that wait before it": {
    breaks: ["I1", "I2"],
    mutant: {
      outbox: ({ outbox }) => ({
        ...outbox,
        // The messages of a row are sent and removed from its end.
        async read(shards, most) {
          const rows = await outbox.read(shards, most);
          const names = rows.map(({ row }) => row);
          return rows.toReversed().map(({ message }, at) => ({ message, row: names[at]! }));
        },
      }),
    },
  },
  "the relay removes rows before they are sent": {
    breaks: ["I1"],
    mutant: {
      outbox: ({ outbox, uow }) => ({
        ...outbox,
        async read(shards, most) {
          const rows = await outbox.read(shards, most);
          if (rows.length > 0) await uow.run((stores) => stores.outbox.remove(rows.map(({ row }) => row)));
          return rows;
        },
      }),
    },
  },
  "nobody checks the epoch": {
    breaks: ["I5", "I6"],
    mutant: {
      stores() {
        const { noting, own } = believed();
        return porting<Positions>("positions", (positions) => ({ ...noting(positions), lock: own }));
      },
    },
  },
  "only the first part of a shared transaction is fenced": {
    breaks: ["I5", "I6"],
    // It shows where partitions that share a transaction change owners at the same time, so that owners are often lost.
    patience: 1_500,
    mutant: {
      often: ["pause", "expelled"],
      stores() {
        const { noting, own } = believed();
        return porting<Positions>("positions", (positions) => {
          let locked = 0;
          return { ...noting(positions), lock: (key) => ++locked === 1 ? positions.lock(key) : own(key) };
        });
      },
    },
  },
  "the inbox swallows that an id is there": {
    breaks: ["I1"],
    mutant: {
      stores: () =>
        porting<Inbox>("inbox", (inbox) => ({
          addNew: async (consumer, ids) => new Set([...await inbox.addNew(consumer, ids), ...ids]),
        })),
    },
  },
  "the votes swallow that a vote is there": {
    breaks: ["I3"],
    mutant: {
      stores: () =>
        porting<Votes>("votes", (votes) => ({
          async addNew(added) {
            await votes.addNew(added);
            return added;
          },
        })),
    },
  },
  "a rebuild is shown before it has read the log": {
    breaks: ["I10"],
    mutant: { rebuilt: (log) => ({ ...log, lag: (places) => Promise.resolve(places.map(() => 0)) }) },
  },
  "a process remembers the books that it was asked for": {
    breaks: ["I17"],
    mutant: {
      door({ bus, shelf }) {
        const known = new Map<string, ReturnType<Door["shelf"]["get"]>>();
        return {
          bus,
          shelf: {
            get(id) {
              const found = known.get(id) ?? shelf.get(id);
              known.set(id, found);
              return found;
            },
          },
        };
      },
    },
  },
  "readers are shown a copy that is renewed after they have looked": {
    breaks: ["I18"],
    mutant: {
      door({ bus, shelf }) {
        const copies = new Map<string, ReturnType<Door["shelf"]["get"]>>();
        return {
          bus,
          shelf: {
            get(id) {
              const renewed = shelf.get(id);
              renewed.catch(() => copies.delete(id));
              const copy = copies.get(id) ?? renewed;
              copies.set(id, renewed);
              return copy;
            },
          },
        };
      },
    },
  },
  "nobody compares the version that a change is meant for": {
    breaks: ["I19"],
    mutant: {
      door: ({ bus, shelf }) => ({
        shelf,
        bus: {
          ...bus,
          dispatch: (topic, commands, options) =>
            bus.dispatch(
              topic,
              commands.map((command) => ({ ...command, data: { ...command.data as object, version: undefined } })),
              options,
            ),
        },
      }),
    },
  },
  "a message that is set aside lets later ones pass": {
    breaks: ["I8"],
    mutant: {
      stores: () =>
        porting<DeadLetters>("deadLetters", () => ({ blockedKeys: () => Promise.resolve(new Set<string>()) })),
    },
  },
  "a letter loses the original bytes": {
    breaks: ["I7"],
    mutant: {
      stores: () =>
        porting<DeadLetters>("deadLetters", (letters) => ({
          park: (letter) => letters.park({ ...letter, message: { ...letter.message, value: null } }),
        })),
    },
  },
};
