import type { Outbox } from "@/application/messaging/outbox/ports.ts";
import { changePort, type Mutants } from "./mutant.ts";

/** The names of a message of the outbox and of those behind it in its row. */
function wholeRow(name: string): string[] {
  const [row, left] = name.split(".");
  return Array.from({ length: Number(left) }, (_, at) => `${row}.${Number(left) - at}`);
}

/** Bugs of the outbox and its relay. */
export const OUTBOX_MUTANTS: Mutants = {
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
        changePort<Outbox>("outbox", (outbox) => ({
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
        changePort<Outbox>("outbox", (outbox) => ({
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
};
