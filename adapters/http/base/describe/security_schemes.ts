import type { App } from "@/adapters/http/base/app.ts";

/** What opens a reader's own things at a service that knows no cookies. */
export function describeReaderTokens(app: App): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "readersToken", { type: "http", scheme: "bearer" });
}

/** What opens a reader's own things at a service that gives readers their cookies. */
export function describeReaderCookie(app: App): void {
  describeReaderTokens(app);
  const cookie = { type: "apiKey" as const, in: "cookie" as const, name: "reader" };
  app.openAPIRegistry.registerComponent("securitySchemes", "readerCookie", cookie);
}
