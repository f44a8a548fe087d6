import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { countOf, numberText } from "@/application/shared/text/count_of.ts";

describe("countOf()", () => {
  it("has the noun in the singular for one, else in the plural, and groups digits", () => {
    expect([countOf(0, "partition"), countOf(1, "partition"), countOf(2, "partition")])
      .toEqual(["0 partitions", "1 partition", "2 partitions"]);
    expect([countOf(1, "entry", "entries"), countOf(1_200, "entry", "entries")]).toEqual(["1 entry", "1,200 entries"]);
  });
});

describe("numberText()", () => {
  it("groups digits", () => {
    expect([numberText(999), numberText(10_487)]).toEqual(["999", "10,487"]);
  });
});
