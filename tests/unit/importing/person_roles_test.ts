import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { roleBehind } from "@/application/catalog/importing/values/person_roles.ts";

describe("roleBehind()", () => {
  it("takes the role from the end of a name, and the signs between them", () => {
    expect(roleBehind("Jane Roe (Translator)")).toEqual({ name: "Jane Roe", role: "translator" });
    expect(roleBehind("Oak, Ben, author.")).toEqual({ name: "Oak, Ben", role: undefined });
    expect(roleBehind("Ann Olin (Goodreads Author)")).toEqual({ name: "Ann Olin", role: undefined });
    expect(roleBehind("Elm, Cy, (ed.)")).toEqual({ name: "Elm, Cy", role: "editor" });
    for (const name of ["Olin, Ed.", "(Editor)", "Roe (Jane)", ", editor"]) {
      expect(roleBehind(name)).toEqual({ name, role: undefined });
    }
  });

  it("reads a long cell of nothing but separators in linear time", () => {
    const begun = performance.now();
    for (const sign of [",", ", ", " ,", "("]) roleBehind(`Ann${sign.repeat(100_000)} Editor)`);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
