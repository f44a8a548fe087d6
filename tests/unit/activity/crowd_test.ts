import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createCrowd } from "@/application/activity/crowd.ts";
import { DAY } from "@/domain/hours.ts";

describe("the readers of a client", () => {
  it("are readers as long as they are few, those who came first also later", () => {
    const crowd = createCrowd({ most: 2, clock: { now: () => 0 } });
    const admits = (client: string, readers: string[]) => readers.map((reader) => crowd.admits(client, reader));
    expect(admits("c", ["r1", "r2", "r3", "r1", "r3"])).toEqual([true, true, false, true, false]);
    expect(admits("d", ["r3"])).toEqual([true]);
  });

  it("are counted again each day", () => {
    let now = DAY - 1;
    const crowd = createCrowd({ most: 1, clock: { now: () => now } });
    expect([crowd.admits("c", "r1"), crowd.admits("c", "r2")]).toEqual([true, false]);
    now = DAY;
    expect([crowd.admits("c", "r2"), crowd.admits("c", "r1")]).toEqual([true, false]);
  });

  it("are forgotten, the oldest first, where there are too many clients to remember", () => {
    const crowd = createCrowd({ most: 1, clock: { now: () => 0 }, maxClients: 2 });
    for (const client of ["a", "b", "c"]) crowd.admits(client, "r1");
    expect([crowd.admits("b", "r2"), crowd.admits("c", "r2"), crowd.admits("a", "r2")]).toEqual([false, false, true]);
  });
});
