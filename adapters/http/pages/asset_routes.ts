import { etag } from "hono/etag";
import type { App } from "@/adapters/http/base/app.ts";
import { answerZipped } from "@/adapters/http/base/content/zipped.ts";
import { ICON, SCRIPT, STYLE } from "./assets.ts";

const FOR_GOOD = "public, max-age=31536000, immutable";

/** Adds the routes of the files that pages load. */
export function assetRoutes(app: App): void {
  for (const { url, text, type } of [STYLE, SCRIPT]) {
    app.get(url, (context) => answerZipped(context, text, { "content-type": type, "cache-control": FOR_GOOD }));
  }
  app.get(
    "/assets/icon.svg",
    etag(),
    (context) => context.body(ICON, 200, { "content-type": "image/svg+xml", "cache-control": "no-cache" }),
  );
}
