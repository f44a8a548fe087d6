import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { isSample, sampleBooks } from "@/services/suite/sample_catalogue.ts";

describe("isSample()", () => {
  it("knows a sample also as an earlier version added it, without a series, and no changed book", async () => {
    const samples = await sampleBooks();
    const details = samples.get("dune-messiah")!;
    expect([details.series, details.series_number]).toEqual(["Dune", "2"]);
    const { series: _series, series_number: _number, ...earlier } = details;
    const book = { id: "dune-messiah", version: 1, popularity: 0 };
    expect(isSample(samples, { ...book, ...details })).toBe(true);
    expect(isSample(samples, { ...book, ...earlier })).toBe(true);
    expect(isSample(samples, { ...book, ...details, series_number: "3" })).toBe(false);
    expect(isSample(samples, { ...book, ...details, id: "own" })).toBe(false);
  });
});
