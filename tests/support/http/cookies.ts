import { createHmac } from "node:crypto";

/** The secret of suites under test, so that tests can make cookies that a suite would have given. */
export const SECRET = "a-secret-for-tests-only";

/** The cookie of a reader, as it is sent. */
export const readerCookie = (reader: string): string =>
  `reader=${reader}.${createHmac("sha256", SECRET).update(`reader-cookie ${reader}`).digest("base64url")}`;
