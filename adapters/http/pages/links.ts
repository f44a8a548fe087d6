/** The address of a book's page. */
export const bookUrl = (id: string): string => `/books/${encodeURIComponent(id)}`;

type Asked = Record<string, string | undefined>;

/** An address with a query. Undefined parameters are left out. */
export function withQuery(path: string, asked: Asked): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined && value !== "") params.set(name, value);
  return params.size === 0 ? path : `${path}?${params}`;
}

/** The address of a search. */
export const searchUrl = (asked: Asked): string => withQuery("/search", asked);

/** Returns a path of this site to return to after a form, or undefined for anything that could lead to another site. */
export function ownPath(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > 2_000) return undefined;
  const here = "http://here.invalid";
  const url = URL.canParse(given, here) ? new URL(given, here) : undefined;
  // A path that begins with two slashes names another host.
  return url?.origin === here && !url.pathname.startsWith("//") ? url.pathname + url.search : undefined;
}
