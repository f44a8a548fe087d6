/** The address of a book's page. */
export const bookUrl = (id: string): string => `/books/${encodeURIComponent(id)}`;

/** The address of a search. What is not asked for is left out. */
export function searchUrl(asked: Record<string, string | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined && value !== "") params.set(name, value);
  const query = params.toString();
  return query === "" ? "/search" : `/search?${query}`;
}

/** A path of this site that a form may lead back to; undefined for anything else, which would send a reader elsewhere. */
export function ownPath(given: unknown): string | undefined {
  if (typeof given !== "string" || given.length > 2_000) return undefined;
  const here = "http://here.invalid";
  const url = URL.canParse(given, here) ? new URL(given, here) : undefined;
  // A path that begins with two slashes names another host when it is sent on its own.
  return url?.origin === here && !url.pathname.startsWith("//") ? url.pathname + url.search : undefined;
}
