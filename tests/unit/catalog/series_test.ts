import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bySeriesNumber, seriesOf } from "@/domain/catalog/series.ts";
import { withoutSeries } from "@/application/catalog/importing/values/cell_values.ts";

describe("seriesOf()", () => {
  it("takes what is told before what stands in brackets behind the title", () => {
    expect(seriesOf({ title: "A", series: "B", series_number: "2" })).toEqual({ name: "B", number: "2" });
    expect(seriesOf({ title: "A (C, #7)", series: "B" })).toEqual({ name: "B" });
    expect(seriesOf({ title: "Dune Messiah (Dune Chronicles, #2)" })).toEqual({ name: "Dune Chronicles", number: "2" });
    expect(seriesOf({ title: "Tales (Boxed #1-3)" })).toEqual({ name: "Boxed", number: "1-3" });
  });

  it("finds none in other brackets", () => {
    for (const title of ["Emma", "Emma (annotated)", "(A, #1)", "Emma (A, #one)"]) {
      expect([title, seriesOf({ title })]).toEqual([title, undefined]);
    }
  });

  it("puts numbers in their order, and what has none last", () => {
    const places = ["10", undefined, "2", "1.5"].map((number) => ({
      name: "A",
      ...(number === undefined ? {} : { number }),
    }));
    expect(places.sort(bySeriesNumber).map(({ number }) => number)).toEqual(["1.5", "2", "10", undefined]);
  });

  it("reads numbers as they are printed, and puts collections behind the single books", () => {
    const printed = ["Vol. 10", "#2", "Bd. 3", "2.5", "Band"].map((number) => ({ name: "A", number }));
    expect(printed.sort(bySeriesNumber).map(({ number }) => number)).toEqual(["#2", "2.5", "Bd. 3", "Vol. 10", "Band"]);
    const numbers = ["1-4 + 3.5", "none", "2", "1–2", "1", "3, 4", "10"];
    const places = numbers.map((number) => ({ name: "A", number }));
    const sorted = places.sort(bySeriesNumber).map(({ number }) => number);
    expect(sorted).toEqual(["1", "2", "10", "1-4 + 3.5", "1–2", "3, 4", "none"]);
  });
});

describe("withoutSeries()", () => {
  it("takes one series from a title, and of several the first", () => {
    expect(withoutSeries("Fern (Moor, #1)")).toEqual({ title: "Fern", series: "Moor", number: "1" });
    expect(withoutSeries("Fern (Moor, #1; Hill and Dale, #4)")).toEqual({
      title: "Fern (Hill and Dale, #4)",
      series: "Moor",
      number: "1",
    });
    for (const title of ["Fern (Moor, #1: Part 2)", "Fern (Moor, #1) (large print)", "Fern (annotated)"]) {
      expect(withoutSeries(title)).toEqual({ title });
    }
  });
});
