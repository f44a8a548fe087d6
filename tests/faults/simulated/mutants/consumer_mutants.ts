import type { DeadLetters, PositionKey, Positions, StoredPosition } from "@/application/messaging/consuming/ports.ts";
import type { Inbox } from "@/application/messaging/commands/ports.ts";
import { changePort, type Mutants, type OwnHandling, type Uow } from "./mutant.ts";

/** The effects without what guards them. */
const unguarded = ({ received, failed }: OwnHandling): OwnHandling => ({
  received,
  failed,
  before: () => Promise.resolve(),
  after: () => Promise.resolve(),
});

/** The position in a transaction of its own. */
const movePosition = (uow: Uow, { before, after }: OwnHandling): Promise<void> =>
  uow.run(async (stores) => {
    await before(stores);
    await after(stores);
  });

/** What a process takes its positions for, which has claimed them once and asks nobody any more. */
function believed() {
  const places = new Map<string, StoredPosition>();
  const nameOf = (key: PositionKey) => JSON.stringify(key);
  return {
    own: (keys: PositionKey[]) => Promise.resolve(keys.map((key) => places.get(nameOf(key)))),
    noting: (positions: Positions): Pick<Positions, "claim" | "move"> => ({
      async claim(key, owner) {
        const claim = await positions.claim(key, owner);
        places.set(nameOf(key), claim);
        return claim;
      },
      async move(moves) {
        for (const { key, next } of moves) {
          places.set(nameOf(key), { next, epoch: places.get(nameOf(key))?.epoch ?? 0 });
        }
        await positions.move(moves);
      },
    }),
  };
}

/** Bugs of what consumes: positions, fences, the inbox, dead letters. */
export const CONSUMER_MUTANTS: Mutants = {
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
  "nobody checks the epoch": {
    breaks: ["I5", "I6"],
    mutant: {
      stores() {
        const { noting, own } = believed();
        return changePort<Positions>("positions", (positions) => ({ ...noting(positions), lock: own }));
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
        return changePort<Positions>("positions", (positions) => ({
          ...noting(positions),
          lock: async ([first, ...others]) => [...await positions.lock([first!]), ...await own(others)],
        }));
      },
    },
  },
  "the inbox swallows that an id is there": {
    breaks: ["I1"],
    mutant: {
      stores: () =>
        changePort<Inbox>("inbox", (inbox) => ({
          addNew: async (consumer, ids) => new Set([...await inbox.addNew(consumer, ids), ...ids]),
        })),
    },
  },
  "a message that is parked lets later ones pass": {
    breaks: ["I8"],
    mutant: {
      stores: () =>
        changePort<DeadLetters>("deadLetters", () => ({ blockedKeys: () => Promise.resolve(new Set<string>()) })),
    },
  },
  "a dead letter loses the original bytes": {
    breaks: ["I7"],
    mutant: {
      stores: () =>
        changePort<DeadLetters>("deadLetters", (deadLetters) => ({
          park: (deadLetter) => deadLetters.park({ ...deadLetter, message: { ...deadLetter.message, value: null } }),
        })),
    },
  },
};
