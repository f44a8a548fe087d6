import type { Child } from "hono/jsx";
import type { Book } from "@/domain/catalog/book.ts";
import { isbnText, languageText, yearText } from "@/adapters/http/pages/facts.ts";
import { searchUrl } from "@/adapters/http/pages/links.ts";

/** The known details of a book, by name. */
export const Facts = ({ book }: { book: Book }) => {
  const { year, language, isbn13, original_title, contributors = [], subjects } = book;
  const rows: [string, Child][] = [
    ...(year === undefined ? [] : [["First published", yearText(year)] satisfies [string, Child]]),
    ...(language === undefined
      ? []
      : [["Language", <a href={searchUrl({ language })}>{languageText(language)}</a>] satisfies [string, Child]]),
    ...(original_title === undefined || original_title === book.title
      ? []
      : [["Original title", <span dir="auto">{original_title}</span>] satisfies [string, Child]]),
    ...contributors.map(({ name, role }): [string, Child] => [
      role.charAt(0).toUpperCase() + role.slice(1),
      <a href={searchUrl({ q: name })} dir="auto">{name}</a>,
    ]),
    ...(isbn13 === undefined ? [] : [["ISBN", isbnText(isbn13)] satisfies [string, Child]]),
  ];
  return (
    <section aria-labelledby="details">
      <h2 id="details" class="hidden">Details</h2>
      {rows.length === 0 ? null : (
        <dl>
          {rows.map(([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {subjects.length === 0 ? null : (
        <ul class="chips" aria-label="Subjects">
          {subjects.map((subject) => (
            <li>
              <a href={searchUrl({ subject })} dir="auto">{subject}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
