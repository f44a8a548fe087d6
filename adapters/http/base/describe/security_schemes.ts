import type { App } from "@/adapters/http/base/app.ts";

/** Describes the token that grants access to readers' data. */
export function describeReaderTokens(app: App): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "readersToken", { type: "http", scheme: "bearer" });
}

/** Describes the token and the reader's cookie, for the service that sets these cookies. */
export function describeReaderCookie(app: App): void {
  describeReaderTokens(app);
  const cookie = { type: "apiKey" as const, in: "cookie" as const, name: "reader" };
  app.openAPIRegistry.registerComponent("securitySchemes", "readerCookie", cookie);
}
