import type { Book } from "@/domain/catalog/book.ts";
import { facetsOf, titleKey, tokensOf } from "@/domain/catalog/found_by.ts";
import type { Books } from "@/application/catalog/ports.ts";
import { textOf } from "@/adapters/sql/row.ts";
import { bookOf } from "@/adapters/sql/web_rows.ts";
import type { SyncStatements as Statements } from "./connection.ts";

/** The catalogue over one transaction's statements. */
export function createBooks({ get, run }: Statements): Books {
  const find = (id: string): Book | undefined => {
    const row = get("SELECT * FROM book WHERE id = ?", id);
    return row === undefined ? undefined : bookOf(row);
  };
  function forget(book: Book): void {
    for (const token of tokensOf(book)) run("DELETE FROM posting WHERE token = ? AND book = ?", token, book.id);
    for (const { kind, value } of facetsOf(book)) {
      run("DELETE FROM facet WHERE kind = ? AND value = ? AND book = ?", kind, value, book.id);
    }
  }
  return {
    expect: () => Promise.resolve(),
    get: (id) => Promise.resolve(find(id)),
    withIsbn: (isbn13) => Promise.resolve(textOf(get("SELECT id FROM book WHERE isbn13 = ?", isbn13)?.id)),
    save(book) {
      const before = find(book.id);
      if (before !== undefined) forget(before);
      run(
        `INSERT INTO book (id, title, title_key, authors, subjects, year, language, isbn13, description, popularity, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
           title = excluded.title, title_key = excluded.title_key, authors = excluded.authors, subjects = excluded.subjects,
           year = excluded.year, language = excluded.language, isbn13 = excluded.isbn13, description = excluded.description,
           popularity = excluded.popularity, version = excluded.version`,
        book.id,
        book.title,
        titleKey(book.title),
        JSON.stringify(book.authors),
        JSON.stringify(book.subjects),
        book.year ?? null,
        book.language ?? null,
        book.isbn13 ?? null,
        book.description ?? null,
        book.popularity,
        book.version,
      );
      for (const token of tokensOf(book)) {
        run("INSERT OR IGNORE INTO posting (token, book) VALUES (?, ?)", token, book.id);
      }
      for (const { kind, value } of facetsOf(book)) {
        run("INSERT OR IGNORE INTO facet (kind, value, book) VALUES (?, ?, ?)", kind, value, book.id);
      }
      return Promise.resolve();
    },
    remove(book) {
      const before = find(book.id);
      if (before !== undefined) forget(before);
      run("DELETE FROM book WHERE id = ?", book.id);
      run(
        "INSERT INTO removed_book (id, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
        ...[book.id, book.version + 1],
      );
      return Promise.resolve();
    },
    removedAt: (id) => Promise.resolve(Number(get("SELECT version FROM removed_book WHERE id = ?", id)?.version ?? 0)),
  };
}
