import { createHmac } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { AppContext, Env } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { isSameSecret } from "./same_secret.ts";

const CHALLENGE = { headers: { "WWW-Authenticate": 'Bearer realm="bookstream"' } };

/** A token that never changes, or what returns those that hold now: one, or several while they are exchanged, the newest first. */
export type Token = string | (() => readonly string[]);

/** The tokens that hold now. */
const tokensOf = (token: Token): readonly string[] => typeof token === "string" ? [token] : token();

/** The token that this process sends to others. */
export const newestOf = (token: Token): string => tokensOf(token)[0]!;

/** Whether the request carries the token. Compared in constant time. */
export const hasToken = (context: AppContext, token: Token | undefined): boolean =>
  token !== undefined && isGiven(context, () => tokensOf(token));

/** Whether the request is of a service that has the same admin token. */
export const isOfService = (context: AppContext, adminToken: Token | undefined): boolean =>
  adminToken !== undefined && isGiven(context, () => tokensOf(adminToken).map(serviceToken));

/** Tokens are read only for a request that carries one. */
function isGiven(context: AppContext, wanted: () => readonly string[]): boolean {
  const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return given !== undefined && wanted().some((one) => isSameSecret(given, one));
}

/** Tokens that open what belongs to readers. */
type ReaderTokens = { adminToken?: Token | undefined; readersToken?: Token | undefined };

/** Whether the request may act for any reader. */
const mayActForReaders = (context: AppContext, { adminToken, readersToken }: ReaderTokens): boolean =>
  hasToken(context, adminToken) || hasToken(context, readersToken);

/**
 * Whether the request may act for any reader. One without a token may not. One with a wrong or an empty token is refused, so that
 * its acts are not taken as nobody's: 401, or 403 where no token is configured. A proxy's own password is no token.
 */
export function actsForReaders(context: AppContext, tokens: ReaderTokens): boolean {
  if (!/^Bearer\b/i.test(context.req.header("authorization") ?? "")) return false;
  needReaderToken(context, tokens);
  return true;
}

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
export function needToken(context: AppContext, token: Token | undefined): void {
  if (token === undefined) throw new HttpProblem(403, "writes are refused: no ADMIN_TOKEN is configured");
  if (hasToken(context, token)) return;
  throw new HttpProblem(401, "wanted Authorization: Bearer ADMIN_TOKEN", CHALLENGE);
}

/** Refuses a request without the right token, before its body is read. */
export const adminOnly = (token: Token | undefined): MiddlewareHandler<Env> => async (context, next) => {
  needToken(context, token);
  await next();
};

/** The proof that one service of the deployment gives another. It lifts rate limits and grants no rights. */
export const serviceToken = (adminToken: string): string =>
  createHmac("sha256", adminToken).update("bookstream service").digest("base64url");
