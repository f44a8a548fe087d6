import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Erasures, projectWithErasures } from "@/application/messaging/projections/erasures.ts";

const erasures: Erasures = {
  topics: ["acts"],
  readerOf: ({ data }) => "reader" in data ? String(data.reader) : undefined,
  isErasure: ({ type }) => type === "erased",
};
const act = (id: string, reader?: string) => ({
  type: "act",
  id,
  time: 1,
  data: reader === undefined ? {} : { reader },
});
const erasure = (reader: string) => ({ type: "erased", id: "", time: 7, data: { reader } });

/** Folds events, and says what was done in which order. `marked`: readers who were erased before. */
async function fold(events: ReturnType<typeof act>[], marked: string[] = []): Promise<string[]> {
  const done: string[] = [];
  const note = (what: string) => Promise.resolve(void done.push(what));
  await projectWithErasures(events, {
    erasures,
    stores: {
      erased: {
        has(readers) {
          done.push(`asked for ${readers}`);
          return Promise.resolve(new Set(readers.filter((reader) => marked.includes(reader))));
        },
        add: (reader, time) => note(`${reader} marked at ${time}`),
        keep: () => Promise.resolve(),
        purge: () => Promise.resolve(0),
      },
      deadLetters: {
        park: () => Promise.reject(new Error("nothing is parked here")),
        wasParked: () => Promise.resolve(false),
        blockedKeys: () => Promise.resolve(new Set()),
        forget: (topics) => note(`dead letters of ${topics} forgotten`),
      },
    },
    project: (acts) => note(`projected ${acts.map(({ id }) => id)}`),
    erase: (reader) => note(`${reader} erased`),
  });
  return done;
}

describe("projectWithErasures()", () => {
  it("projects what comes before an erasure, erases, and leaves out what comes after it", async () => {
    expect(await fold([act("a", "r1"), act("b", "r2"), erasure("r1"), act("c", "r1"), act("d", "r2"), act("e")]))
      .toEqual([
        "asked for r1,r2",
        "projected a,b",
        "r1 marked at 7",
        "dead letters of acts forgotten",
        "r1 erased",
        "projected d,e",
      ]);
  });

  it("leaves out readers who were erased before, whose marks are asked for once", async () => {
    expect(await fold([act("a", "r1"), erasure("r2"), act("b", "r1"), act("c", "r3")], ["r1"])).toEqual([
      "asked for r1,r3",
      "r2 marked at 7",
      "dead letters of acts forgotten",
      "r2 erased",
      "projected c",
    ]);
  });

  it("asks for no marks where every event is of nobody", async () => {
    expect(await fold([act("a"), act("b")])).toEqual(["projected a,b"]);
  });
});
