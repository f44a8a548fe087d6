import {
  columnKey,
  COLUMNS,
  type FieldMap,
  isKnownColumn,
} from "@/application/catalog/importing/columns/column_names.ts";

type Columns = Record<string, unknown>;
/** Finds the books in what a JSON file holds. */
export type JsonBooks = ReturnType<typeof jsonBooks>;

/** People and lists have names, too, so that a name alone makes no book. */
const TITLES = COLUMNS.title.filter((key) => key !== "name" && key !== "originaltitle");

/** Tells books from what is around them and in them: by their titles, whose column the user may have named. */
export function jsonBooks(map: FieldMap = {}) {
  const titles = new Set(map.title === undefined ? TITLES : [columnKey(map.title)]);
  const mapped = new Set(Object.values(map).map(columnKey));
  const isRead = (name: string) => isKnownColumn(name) || mapped.has(columnKey(name));
  const hasTitle = (columns: Columns): boolean => Object.keys(columns).some((name) => titles.has(columnKey(name)));
  const isBook = (columns: Columns): boolean =>
    hasTitle(columns) || (map.title === undefined && typeof columns.name === "string");
  const isTitled = (columns: Columns): boolean => hasTitle(columns) || hasTitle(whole(columns));

  /**
   * A book that stands in a field of its own, beside its id, as search engines and APIs have it, with what is beside it. What has a name
   * is a book itself, and its series or another field that is read is none.
   */
  function whole(columns: Columns): Columns {
    if (isBook(columns)) return columns;
    const held = Object.entries(columns).filter((field): field is [string, Columns] =>
      isObject(field[1]) && hasTitle(field[1]) && !isRead(field[0])
    );
    if (held.length !== 1) return columns;
    const [name, book] = held[0]!;
    const { [name]: _held, ...beside } = columns;
    return { ...beside, ...book };
  }

  /** The books that an answer or an export holds, when it is no book itself, at any depth. */
  function booksIn(columns: Columns): Columns[] | undefined {
    if (hasTitle(columns)) return undefined;
    const values = Object.values(columns);
    const lists = Object.entries(columns).filter((field): field is [string, Columns[]] =>
      Array.isArray(field[1]) && field[1].length > 0 && field[1].every(isObject)
    );
    const titled = lists.filter(([, list]) => list.some(isTitled));
    // The authors of a book are no books.
    const chosen = titled.length === 1 ? titled : lists.filter(([name]) => !isRead(name));
    if (chosen.length === 1) return chosen[0]![1];
    const inner = values.filter(isObject);
    const deeper = inner.some(isTitled) ? [] : inner.map(booksIn).filter((books) => books?.some(isTitled));
    if (deeper.length === 1) return deeper[0];
    if (values.length === 0 || inner.length < values.length) return undefined;
    return values.length === 1 ? booksIn(inner[0]!) ?? inner : inner;
  }
  return { whole, booksIn };
}

const isObject = (value: unknown): value is Columns =>
  typeof value === "object" && value !== null && !Array.isArray(value);
