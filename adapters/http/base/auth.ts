import { createHmac } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { AppContext, Env } from "./app.ts";
import { HttpProblem } from "./problem.ts";
import { isSameSecret } from "./same_secret.ts";

const CHALLENGE = { headers: { "WWW-Authenticate": 'Bearer realm="bookstream"' } };

/** Whether the request carries the admin token. Compared in constant time. */
export function hasToken(context: AppContext, token: string | undefined): boolean {
  const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return given !== undefined && token !== undefined && isSameSecret(given, token);
}

/** Tokens that open what belongs to readers. */
type ReaderTokens = { adminToken?: string | undefined; readersToken?: string | undefined };

/** Whether the request may act for any reader. */
export const mayActForReaders = (context: AppContext, { adminToken, readersToken }: ReaderTokens): boolean =>
  hasToken(context, adminToken) || hasToken(context, readersToken);

/** Answers 401 to a request that may not act for any reader, 403 where no token is configured that would. */
export function needReaderToken(context: AppContext, tokens: ReaderTokens): void {
  if (mayActForReaders(context, tokens)) return;
  if (tokens.adminToken === undefined && tokens.readersToken === undefined) {
    throw new HttpProblem(
      403,
      "what belongs to a reader is refused: no READERS_TOKEN and no ADMIN_TOKEN is configured",
    );
  }
  throw new HttpProblem(401, "wanted the reader's own cookie, or Authorization: Bearer READERS_TOKEN", CHALLENGE);
}

/** Answers 401 without the right token, 403 where none is configured. */
export function needToken(context: AppContext, token: string | undefined): void {
  if (token === undefined) throw new HttpProblem(403, "writes are refused: no ADMIN_TOKEN is configured");
  if (hasToken(context, token)) return;
  throw new HttpProblem(401, "wanted Authorization: Bearer ADMIN_TOKEN", CHALLENGE);
}

/** Refuses a request without the right token, before its body is read. */
export const adminOnly = (token: string | undefined): MiddlewareHandler<Env> => async (context, next) => {
  needToken(context, token);
  await next();
};

/** The proof that one service of the deployment gives another. It lifts rate limits and grants no rights. */
export const serviceToken = (adminToken: string): string =>
  createHmac("sha256", adminToken).update("bookstream service").digest("base64url");
