import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { AS_ADMIN, memorySuite, sending } from "@/tests/support/suites/memory_suite.ts";

type Item = { book: { id: string }; reason: { kind: string; text: string; book?: string } };
const ids = (items: Item[]): string[] => items.map(({ book }) => book.id);

describe("lists of a suite", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  beforeEach(async () => {
    suite = await memorySuite();
  });
  afterEach(() => suite.stop());
  const add = (book: { id: string; title: string; authors?: string[]; subjects?: string[] }) =>
    suite.asks.web("/v1/books", sending("POST", book));
  const act = (reader: string, book: string, type: Record<string, unknown> = { type: "viewed" }) =>
    suite.asks.web("/v1/events", sending("POST", { reader, book, ...type }));
  const listOf = async (reader: string): Promise<Item[]> => {
    const answer = await suite.asks.recommendation(`/v1/readers/${reader}/recommendations?limit=20`, AS_ADMIN);
    return (await answer.json()).items;
  };

  it("do not offer another edition of a book that a reader rated, read or dismissed, nor two editions of one work", async () => {
    const works = ["Quarry Song", "Salt Road", "Tall Grass", "Winter Ferry"];
    for (const [at, title] of works.entries()) {
      for (const edition of [1, 2, 3]) {
        await add({ id: `w${at}-${edition}`, title, authors: [`Writer ${at}`], subjects: ["sea"] });
      }
    }
    await act("r", "w0-1", { type: "rated", rating: 5 });
    await act("r", "w1-2", { type: "shelved", shelf: "read" });
    await act("r", "w2-3", { type: "dismissed" });
    const seen = async () => ids(await listOf("r")).map((id) => id.slice(0, 2)).join();
    await eventually(async () => await seen() === "w3");
    const similar = await (await suite.asks.recommendation("/v1/books/w0-1/similar?limit=20")).json();
    expect(ids(similar.items).map((id) => id.slice(0, 2)).sort()).toEqual(["w1", "w2", "w3"]);
  });

  it("are about a newcomer's books after three acts", async () => {
    for (let at = 0; at < 30; at++) {
      await add({ id: `sea-${at}`, title: `Sea ${at}`, authors: [`Sailor ${at}`], subjects: ["sea"] });
      await add({ id: `war-${at}`, title: `War ${at}`, authors: [`Soldier ${at}`], subjects: ["war"] });
    }
    for (let reader = 0; reader < 5; reader++) {
      for (let at = 0; at < 12; at++) await act(`crowd-${reader}`, `war-${at}`, { type: "rated", rating: 5 });
    }
    await eventually(async () => (await listOf("new"))[0]?.reason.kind === "popular");
    for (const at of [3, 7, 11]) await act("new", `sea-${at}`);
    const items = await eventually(async () => {
      const items = await listOf("new");
      const knows = (id: string) => !ids(items).includes(id);
      return items[0]?.reason.kind === "because_you" && ["sea-3", "sea-7", "sea-11"].every(knows) && items;
    });
    expect(items.length).toBe(20);
    expect(ids(items).every((id) => id.startsWith("sea-"))).toBe(true);
    expect(items.every(({ reason }) => reason.kind === "because_you")).toBe(true);
  });

  it("are not empty for a reader who knows everything that is popular", async () => {
    for (let at = 0; at < 170; at++) await add({ id: `b${at + 100}`, title: `Book ${at}` });
    const events = Array.from({ length: 160 }, (_, at) => ({
      type: "rated",
      rating: 1,
      reader: "r",
      book: `b${at + 100}`,
    }));
    await suite.asks.web("/v1/events", sending("POST", events));
    await eventually(async () => (await listOf("r")).length === 10);
  });
});
