import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { SCENARIOS } from "@/tests/faults/scenarios/all.ts";
import { text } from "./pages.ts";

describe("docs/faults.md", () => {
  it("lists every scenario of the fault runs, by id and title", () => {
    const rows = text("docs/faults.md").matchAll(/^\| (F\d+) *\| (.+?) *\|$/gm);
    expect([...rows].map(([, id, title]) => [id, title])).toEqual(SCENARIOS.map(({ id, title }) => [id, title]));
  });
});
