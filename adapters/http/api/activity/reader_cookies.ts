import { createHmac } from "node:crypto";
import { getCookie, setCookie } from "hono/cookie";
import { readerIdFault } from "@/domain/activity/act.ts";
import { DAY } from "@/domain/hours.ts";
import type { Clock, IdGenerator } from "@/application/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { isSecure } from "@/adapters/http/base/limits/client_address.ts";
import { isSameSecret } from "@/adapters/http/base/security/same_secret.ts";

/** The cookies with a reader's id. They are signed, so that no client can forge one. */
interface ReaderCookies {
  /** Returns the reader of the request's valid cookie. */
  readerOf(context: AppContext): string | undefined;
  /** Sets the cookie of a new reader. Returns the reader's id. */
  welcome(context: AppContext): string;
  /** Replaces a reader's unsigned cookie by a signed one. */
  renew(context: AppContext): void;
  forget(context: AppContext): void;
  /** Returns whether the reader has opted out of being counted. */
  isUncounted(context: AppContext): boolean;
  setCounts(context: AppContext, counts: boolean): void;
}

type CookieDeps = {
  /** The deployment's secret, the key of the signatures. */
  secret: string;
  /** The time until which unsigned cookies of the previous version are accepted. */
  unsignedUntil?: number | undefined;
  ids: IdGenerator;
  clock: Pick<Clock, "now">;
};

const COOKIE = "reader";
/** The cookie of the opt-out. It identifies nobody, so it has no signature. */
const UNCOUNTED = "uncounted";
const COOKIE_AGE_S = 365 * DAY / 1_000;
const SIGNED = /^(.+)\.([\w-]{43})$/;
/** The form of ids of the previous version. New ids differ, so an unsigned cookie never names one of them. */
const EARLIER_ID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const newId = (ids: IdGenerator): string => `r-${ids.random()}`;

export function createReaderCookies({ secret, unsignedUntil = 0, ids, clock }: CookieDeps): ReaderCookies {
  const signatureOf = (id: string) => createHmac("sha256", secret).update(`reader-cookie ${id}`).digest("base64url");

  function signedIn(cookie: string): string | undefined {
    const [, id = "", given = ""] = SIGNED.exec(cookie) ?? [];
    return isSameSecret(given, signatureOf(id)) && readerIdFault(id) === undefined ? id : undefined;
  }
  const unsignedIn = (cookie: string): string | undefined =>
    EARLIER_ID.test(cookie) && clock.now() < unsignedUntil ? cookie : undefined;

  const put = (context: AppContext, name: string, value: string, maxAge = COOKIE_AGE_S) =>
    setCookie(context, name, value, { httpOnly: true, sameSite: "Lax", path: "/", maxAge, secure: isSecure(context) });
  const give = (context: AppContext, id: string) => put(context, COOKIE, `${id}.${signatureOf(id)}`);

  return {
    readerOf(context) {
      const cookie = getCookie(context, COOKIE);
      return cookie === undefined ? undefined : signedIn(cookie) ?? unsignedIn(cookie);
    },
    welcome(context) {
      const id = newId(ids);
      give(context, id);
      return id;
    },
    renew(context) {
      const id = unsignedIn(getCookie(context, COOKIE) ?? "");
      if (id !== undefined) give(context, id);
    },
    forget: (context) => setCookie(context, COOKIE, "", { path: "/", maxAge: 0, httpOnly: true, sameSite: "Lax" }),
    isUncounted: (context) => getCookie(context, UNCOUNTED) === "1",
    setCounts: (context, counts) => put(context, UNCOUNTED, counts ? "" : "1", counts ? 0 : COOKIE_AGE_S),
  };
}
