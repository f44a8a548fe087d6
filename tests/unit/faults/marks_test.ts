import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createMarks, unreached } from "@/tests/faults/simulated/checks/marks.ts";

describe("marks of simulated schedules", () => {
  it("a long run that lacks one of them is told which; a short one is not", () => {
    const lacking = unreached(new Map(), 500);
    expect(lacking).toContain("rebuild-switched");
    expect(lacking).not.toContain("transaction-split: a bug in the handler");
    expect(unreached(new Map(), 5_000)).toContain("transaction-split: a bug in the handler");
    expect(unreached(new Map(lacking.slice(1).map((mark) => [mark, 1])), 500)).toEqual([lacking[0]]);
    expect(unreached(new Map(), 499)).toEqual([]);
  });

  it("log lines are marks by their event and reason, without what is one run's alone", () => {
    const { logger, count } = createMarks();
    logger.warn("consumer-held", { reason: "trend no longer owns bookstream.activity.events/2" });
    logger.warn("relay-fenced", { reason: "another relay had relay/shard/1, relay/shard/13 in between" });
    logger.info("rebuild-switched", { version: 2 });
    expect([...count.keys()]).toEqual([
      "consumer-held: trend no longer owns PLACE",
      "relay-fenced: another relay had relay/shard/N in between",
      "rebuild-switched",
    ]);
  });
});
