import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { normalForm } from "@/domain/text.ts";
import { characters } from "@/application/shared/validation/characters.ts";
import type { Suggestion } from "@/domain/catalog/search/suggestion.ts";
import { followPopularBooks } from "@/application/catalog/search/suggestions/popular_books.ts";
import { keepForSuggestions } from "@/application/catalog/search/suggestions/keep_for_suggestions.ts";
import { suggestBooks } from "@/application/catalog/search/suggestions/suggest_books.ts";
import { hasEachWord } from "@/application/catalog/search/search_terms.ts";
import { followPopularQueries } from "@/application/storefront/popular_queries.ts";
import { cacheEach } from "@/application/shared/concurrency/cache.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { errors, json, wholeNumber } from "@/adapters/http/base/describe/contracts.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";

const MAX_SUGGESTIONS = 10;
/** How many suggestions may be popular queries. */
const MAX_QUERIES = 3;
/** How many popular queries are checked for them. */
const MAX_CHECKED = 8;
const MAX_AGE_SECONDS = 10;
/** The number of cached responses. Many readers type the same beginnings. */
const MAX_KEPT = 5_000;

const query = z.object({
  q: characters(0, 200).default("").meta({ description: "What is typed so far; without it only popular queries" }),
  limit: wholeNumber(1, MAX_SUGGESTIONS).default(8).openapi({
    type: "integer",
    minimum: 1,
    maximum: MAX_SUGGESTIONS,
    default: 8,
    description: `1 to ${MAX_SUGGESTIONS}`,
  }),
});
const suggestion = z.object({
  kind: z.enum(["title", "author", "series", "query"]),
  text: z.string().meta({ description: "The title, the name, or the query that readers search for now" }),
  book: z.string().optional().meta({ description: "A title's book" }),
  author: z.string().optional().meta({ description: "The first author of a title's book" }),
}).meta({ id: "Suggestion" });
const answer = z.object({ items: z.array(suggestion) });

/** Adds the route that completes a text while it is typed. It records no search. */
export function suggestRoute(app: App, deps: WebApiDeps): void {
  const popular = followPopularQueries(deps);
  const [maxAgeMs, clock] = [MAX_AGE_SECONDS * 1_000, deps.clock];
  const sources = {
    ...keepForSuggestions(deps.store, maxAgeMs, clock),
    popular: followPopularBooks(deps.store, clock),
  };
  const complete = cacheEach((typed) => suggestBooks(sources, typed, MAX_SUGGESTIONS), {
    maxAgeMs,
    most: MAX_KEPT,
    clock,
  });
  const isKnown = cacheEach((text) => hasEachWord(deps.store.search, text), { maxAgeMs, most: MAX_KEPT, clock });
  /** Returns the queries whose words are all in the catalogue, so that no common typing error is suggested. */
  const known = async (queries: string[]): Promise<string[]> => {
    const each = await Promise.all(queries.map(isKnown));
    return queries.filter((_, at) => each[at]);
  };
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/suggest",
      summary: "Completes a text while it is typed: titles, authors, series, popular queries; it counts as no search",
      request: { query },
      responses: { 200: json(answer, "Suggestions, best first, popular queries last"), ...errors(422) },
    }),
    async (context) => {
      const { q, limit } = context.req.valid("query");
      const [found, queries] = await Promise.all([complete(q), known(popular.completing(q, MAX_CHECKED))]);
      context.header("cache-control", `public, max-age=${MAX_AGE_SECONDS}`);
      return context.json(
        { items: mergeSuggestions(found, queries.slice(0, Math.min(MAX_QUERIES, limit)), limit) },
        200,
      );
    },
  );
}

/** Merges suggestions of the catalogue with popular queries that differ from them, which come last. */
function mergeSuggestions(found: Suggestion[], queries: string[], limit: number): Suggestion[] {
  const texts = new Set(found.map(({ text }) => normalForm(text)));
  const others = queries.filter((text) => !texts.has(normalForm(text)));
  const ofBooks = found.slice(0, limit - others.length);
  return [...ofBooks, ...others.map((text): Suggestion => ({ kind: "query", text }))];
}
