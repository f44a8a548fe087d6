import type { Votes } from "@/application/trend/ports.ts";
import type { Door } from "@/tests/faults/simulated/world/door.ts";
import { changePort, type Mutants } from "./mutant.ts";

/** Bugs of what readers and clients see: votes, rebuilds, copies of books, versions. */
export const READING_MUTANTS: Mutants = {
  "the votes swallow that a vote is there": {
    breaks: ["I3"],
    mutant: {
      stores: () =>
        changePort<Votes>("votes", (votes) => ({
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
};
