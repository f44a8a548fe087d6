import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { columnKey, COLUMNS, type Field, isKnownColumn } from "@/application/catalog/importing/columns/column_names.ts";

const fieldOf = (name: string) =>
  (Object.keys(COLUMNS) as Field[]).find((field) => COLUMNS[field].includes(columnKey(name)));

describe("columns of a file to import", () => {
  it("are known by their names in the languages of neighbours", () => {
    const headers = ["Titel", "Verfasser", "Erscheinungsjahr", "Sprache", "Schlagwörter", "Titre", "Auteur", "Année"];
    expect(headers.map(fieldOf)).toEqual(
      ["title", "authors", "year", "language", "subjects", "title", "authors", "year"],
    );
    expect(["Título", "Autor", "Año", "Idioma", "Författare", "Språk"].map(fieldOf)).toEqual(
      ["title", "authors", "year", "language", "authors", "language"],
    );
    expect(isKnownColumn("Verlag")).toBe(false);
  });

  it("stand for one field each, but for the original title", () => {
    const names = Object.entries(COLUMNS).flatMap(([field, all]) => field === "original_title" ? [] : all);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    expect(names.filter((name) => columnKey(name) !== name)).toEqual([]);
  });
});
