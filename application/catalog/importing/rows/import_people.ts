import type { Contributor } from "@/domain/catalog/book.ts";
import { lineOf, textsOf } from "@/application/catalog/importing/values/cells.ts";
import type { Field } from "@/application/catalog/importing/columns/column_names.ts";
import type { Layout } from "@/application/catalog/importing/columns/import_layout.ts";
import { type Person, personsOf } from "@/application/catalog/importing/values/person_names.ts";
import { roleNamed } from "@/application/catalog/importing/values/person_roles.ts";
import { type Cells, few, textOf, type Warn } from "./row_cells.ts";

const ROLES: [Field, string][] = [["translators", "translator"], ["editors", "editor"], [
  "illustrators",
  "illustrator",
]];

/** Authors, and people who did something else for the book, with what they did. A name that is known by its key only is left out. */
export function peopleOf(
  cells: Cells,
  layout: Layout,
  warn: Warn,
): { authors: string[]; contributors?: Contributor[] } {
  const persons = (field: Field): Person[] => {
    for (const { value, key } of cells.get(field) ?? []) {
      const keyed = keysOnly(value);
      if (keyed !== undefined) warn(field, keyed, "is known by its key only and left out");
      const found = personsOf(value, layout.styleOf(key)).filter(({ name }) => !/^\/\w+\//.test(name));
      if (found.length > 0) return found;
    }
    return [];
  };
  const all = [
    ...persons("authors"),
    ...othersOf(cells, layout),
    ...ROLES.flatMap(([field, role]) => persons(field).map(({ name }) => ({ name, role }))),
  ];
  const authors = new Set(all.flatMap(({ name, role }) => role === undefined ? [name] : []));
  const contributors = all.flatMap(({ name, role }) => role === undefined ? [] : [{ name, role }]);
  return {
    authors: few("authors", [...authors], warn),
    ...(contributors.length === 0 ? {} : { contributors: few("contributors", contributors, warn) }),
  };
}

/** Persons of columns for more than authors. LibraryThing has their roles in a column beside. */
function othersOf(cells: Cells, layout: Layout): Person[] {
  const beside = textOf(cells, "contributor_roles")?.split("|") ?? [];
  return (cells.get("contributors") ?? []).flatMap(({ value, key }) =>
    rolesIn(value) ??
      personsOf(value, layout.styleOf(key)).map(({ name, role }, at) => ({
        name,
        role: role ?? roleNamed(beside[at] ?? ""),
      }))
  );
}

/** An author of Open Library whose name is elsewhere. */
function keysOnly(value: unknown): string | undefined {
  const keys = textsOf(value).filter((text) => /^\/authors\//.test(text));
  return keys[0];
}

/** Names with their roles, as a list or as JSON in a cell. */
function rolesIn(found: unknown): Person[] | undefined {
  const value = typeof found === "string" && found.startsWith("[{") ? parsed(found) : found;
  const isRoled = (one: unknown) => typeof one === "object" && one !== null && "role" in one;
  if (!Array.isArray(value) || !value.some(isRoled)) return undefined;
  return value.flatMap((one) => {
    const { name, role } = one as Record<string, unknown>;
    if (typeof name !== "string") return [];
    return [{ name: lineOf(name), role: typeof role === "string" && role !== "author" ? role : undefined }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
