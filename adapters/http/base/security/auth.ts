import { createHmac } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { AppContext, Env } from "@/adapters/http/base/app.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import { isSameSecret } from "./same_secret.ts";

const CHALLENGE = { headers: { "WWW-Authenticate": 'Bearer realm="bookstream"' } };

/** A fixed token, or a function that returns the valid ones, the newest first. There are several during a rotation. */
export type Token = string | (() => readonly string[]);

/** Returns the valid tokens. */
const tokensOf = (token: Token): readonly string[] => typeof token === "string" ? [token] : token();

/** Returns the newest token, which this process sends to others. */
export const newestOf = (token: Token): string => tokensOf(token)[0]!;

/** Returns whether the request has the token. Compares in constant time. */
export const hasToken = (context: AppContext, token: Token | undefined): boolean =>
  token !== undefined && isGiven(context, () => tokensOf(token));

/** Returns whether the request comes from a service with the same admin token. */
export const isOfService = (context: AppContext, adminToken: Token | undefined): boolean =>
  adminToken !== undefined && isGiven(context, () => tokensOf(adminToken).map(serviceToken));

/** Returns whether the request's token is one of `wanted`, which is called only when it has a token. */
function isGiven(context: AppContext, wanted: () => readonly string[]): boolean {
  const given = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return given !== undefined && wanted().some((one) => isSameSecret(given, one));
}

/** The tokens that grant access to readers' data. */
type ReaderTokens = { adminToken?: Token | undefined; readersToken?: Token | undefined };

/** Returns whether the request may act for any reader. */
const mayActForReaders = (context: AppContext, { adminToken, readersToken }: ReaderTokens): boolean =>
  hasToken(context, adminToken) || hasToken(context, readersToken);

/**
 * Returns whether the request may act for any reader; without a token it may not. A wrong or an empty token is refused, so that
 * its acts are not taken as nobody's: 401, or 403 where no token is configured. A proxy's own password is no token.
 */
export function actsForReaders(context: AppContext, tokens: ReaderTokens): boolean {
  if (!/^Bearer\b/i.test(context.req.header("authorization") ?? "")) return false;
  needReaderToken(context, tokens);
  return true;
}

/** Answers 401 when the request may not act for any reader, and 403 when no such token is configured. */
export function needReaderToken(context: AppContext, tokens: ReaderTokens): void {
  if (mayActForReaders(context, tokens)) return;
  if (tokens.adminToken === undefined && tokens.readersToken === undefined) {
    throw new HttpProblem(
      403,
      "what belongs to a reader is refused: no READERS_TOKEN and no ADMIN_TOKEN is configured",
    );
  }
  throw new HttpProblem(
    401,
    "wanted the reader's own cookie, or Authorization: Bearer with READERS_TOKEN or ADMIN_TOKEN",
    CHALLENGE,
  );
}

/** Answers 401 without the right token, and 403 when none is configured. */
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

/** Returns the token by which services of a deployment know each other. It lifts rate limits and grants no rights. */
export const serviceToken = (adminToken: string): string =>
  createHmac("sha256", adminToken).update("bookstream service").digest("base64url");
