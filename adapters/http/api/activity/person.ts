import type { AppContext } from "@/adapters/http/base/app.ts";

const CRAWLER = /bot\b|crawl|spider|slurp|preview|facebookexternalhit|monitor|headlesschrome-lighthouse/i;

/** Whether a request is a person's: no HEAD, no prefetch, no embedded resource, no known crawler. */
export function isPerson(context: AppContext): boolean {
  const prefetch = `${context.req.header("sec-purpose") ?? ""} ${context.req.header("purpose") ?? ""}`.includes(
    "prefetch",
  );
  return context.req.method !== "HEAD" && !prefetch && !isEmbedded(context) &&
    !CRAWLER.test(context.req.header("user-agent") ?? "");
}

/**
 * Whether a browser asks for a part of a page, such as an image or a frame, or for what a script of another site wants. A person
 * who follows a link asks for a document, from whatever site. Other clients send neither header.
 */
function isEmbedded({ req }: AppContext): boolean {
  const destination = req.header("sec-fetch-dest") ?? "";
  if (destination === "document") return false;
  return destination !== "" && destination !== "empty" || req.header("sec-fetch-site") === "cross-site";
}
