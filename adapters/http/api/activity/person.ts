import type { AppContext } from "@/adapters/http/base/app.ts";

const CRAWLER = /bot\b|crawl|spider|slurp|preview|facebookexternalhit|monitor|headlesschrome-lighthouse/i;

/** Returns whether a person sent the request: no HEAD, no prefetch, no embedded resource, no known crawler. */
export function isPerson(context: AppContext): boolean {
  const prefetch = `${context.req.header("sec-purpose") ?? ""} ${context.req.header("purpose") ?? ""}`.includes(
    "prefetch",
  );
  return context.req.method !== "HEAD" && !prefetch && !isEmbedded(context) &&
    !CRAWLER.test(context.req.header("user-agent") ?? "");
}

/**
 * Returns whether a browser requests a part of a page, such as an image or a frame, or a script of another site does. A person who
 * follows a link requests a document. Other clients send neither header.
 */
function isEmbedded({ req }: AppContext): boolean {
  const destination = req.header("sec-fetch-dest") ?? "";
  if (destination === "document") return false;
  return destination !== "" && destination !== "empty" || req.header("sec-fetch-site") === "cross-site";
}
