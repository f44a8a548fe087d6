import type { FacetList } from "@/application/catalog/search/listing/count_facets.ts";
import { decadeText, languageText } from "@/adapters/http/pages/facts.ts";
import { searchUrl } from "@/adapters/http/pages/links.ts";

/** The parameters of a search page. */
export type Asked = Partial<Record<"q" | FilterName | "sort", string | undefined>>;
type FilterName = typeof FILTERS[number];

export const FILTERS = ["author", "subject", "language", "decade"] as const;
export const SORTS = {
  relevance: "Best match",
  popularity: "Most popular",
  newest: "Newest first",
  oldest: "Oldest first",
  title: "By title",
} as const;

const valueText = (name: FilterName, value: string): string =>
  name === "language" ? languageText(value) : name === "decade" ? decadeText(value) : value;

/** The active filters, each with a link that removes it. */
export const ActiveFilters = ({ asked }: { asked: Asked }) => {
  const active = FILTERS.flatMap((name) => {
    const value = asked[name];
    return value === undefined ? [] : [{ name, value }];
  });
  return active.length === 0 ? null : (
    <ul class="chips active" aria-label="Filters that are set">
      {active.map(({ name, value }) => (
        <li>
          <a href={searchUrl({ ...asked, [name]: undefined })}>
            <span class="hidden">Without {name}:</span> <bdi>{valueText(name, value)}</bdi>
          </a>
        </li>
      ))}
      {active.length < 2 ? null : (
        <li>
          <a class="plain" href={searchUrl({ q: asked.q, sort: asked.sort })}>Clear all</a>
        </li>
      )}
    </ul>
  );
};

const KIND_NAMES: Record<FilterName, string> = {
  author: "Author",
  subject: "Subject",
  language: "Language",
  decade: "Decade",
};

/** Menus of filters with the number of books of each value, and of the order. A menu with one choice is left out. */
export const FilterMenus = ({ asked, facets }: { asked: Asked; facets: FacetList[] }) => (
  <div class="menus">
    {FILTERS.map((name) => {
      const values = facets.find(({ kind }) => kind === name)?.values ?? [];
      return values.length < 2 && asked[name] === undefined
        ? null
        : <FilterMenu name={name} asked={asked} values={values} />;
    })}
    <OrderMenu asked={asked} />
  </div>
);

type FilterMenuProps = { name: FilterName; asked: Asked; values: FacetList["values"] };

const FilterMenu = ({ name, asked, values }: FilterMenuProps) => (
  <details class="menu" name="menu">
    <summary>{KIND_NAMES[name]}</summary>
    <ul>
      {values.map(({ value, label, count, exact, selected }) => (
        <li>
          <a
            href={searchUrl({ ...asked, [name]: selected ? undefined : name === "decade" ? value : label })}
            aria-current={selected ? "true" : undefined}
          >
            <bdi>{valueText(name, name === "decade" ? value : label)}</bdi>{" "}
            <span class="note">{selected ? "×" : `${count.toLocaleString("en")}${exact ? "" : "+"}`}</span>
          </a>
        </li>
      ))}
    </ul>
  </details>
);

const OrderMenu = ({ asked }: { asked: Asked }) => {
  const { q, sort = q === undefined ? "popularity" : "relevance" } = asked;
  const offered = Object.entries(SORTS).filter(([name]) => name !== "relevance" || q !== undefined);
  return (
    <details class="menu" name="menu">
      <summary>{offered.find(([name]) => name === sort)?.[1] ?? "Order"}</summary>
      <ul>
        {offered.map(([name, text]) => (
          <li>
            <a href={searchUrl({ ...asked, sort: name })} aria-current={name === sort ? "true" : undefined}>{text}</a>
          </li>
        ))}
      </ul>
    </details>
  );
};
