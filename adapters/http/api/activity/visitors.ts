import { createHmac } from "node:crypto";
import { dayOf } from "@/domain/hours.ts";
import { createCrowd } from "@/application/activity/crowd.ts";
import type { Clock, IdGenerator, Logger } from "@/application/ports.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { clientAddress } from "@/adapters/http/base/limits/client_address.ts";
import { isPerson } from "./person.ts";
import { createReaderCookies } from "./reader_cookies.ts";

/** The origin of an act in its event. */
type Origin = { client?: string; voter?: "client"; counts?: false };

/** Identifies readers by their cookies and clients by their addresses. */
export interface Visitors {
  /** Returns the reader of the request's valid cookie. */
  readerOf(context: AppContext): string | undefined;
  /** Returns the reader of a page. A person without a cookie gets one with a new, random id. Only pages set cookies. */
  readerOfPage(context: AppContext): string;
  forgetReader(context: AppContext): void;
  /** Returns whether acts of the client may be counted: not when the reader or the browser (Global Privacy Control) has opted out. */
  counts(context: AppContext): boolean;
  /** Returns whether the browser has opted out for the reader. */
  asksForPrivacy(context: AppContext): boolean;
  /** Stores only in the reader's browser whether acts may be counted. */
  setCounts(context: AppContext, counts: boolean): void;
  /** Returns the origin of an act of a reader, or of an anonymous client. */
  originOf(context: AppContext, reader: string | undefined): Origin;
}

/** A deployment's settings of visitors. */
export type VisitorOptions = {
  /** The secret of the deployment, the same in all processes. */
  secret: string;
  /** The time until which unsigned cookies of the previous version are accepted. */
  unsignedUntil?: number | undefined;
  /** How many readers of one client count as readers on one day. */
  readersPerClient: number;
};

const CLIENT_CHARACTERS = 16;

export function createVisitors(
  { ids, clock, logger, ...options }: VisitorOptions & { ids: IdGenerator; clock: Clock; logger: Logger },
): Visitors {
  const { secret, readersPerClient } = options;
  const cookies = createReaderCookies({ ...options, ids, clock });
  const crowd = createCrowd({ most: readersPerClient, clock });
  let warnedOn = 0;

  /** Returns a pseudonym of the client that changes daily. The address cannot be derived from it without the secret. */
  function clientOf(context: AppContext): string | undefined {
    // A call within the process has no connection, and so no client.
    if (context.env?.address === undefined) return undefined;
    const text = `client ${dayOf(clock.now())} ${clientAddress(context)}`;
    return createHmac("sha256", secret).update(text).digest("base64url").slice(0, CLIENT_CHARACTERS);
  }

  function warnOfCrowd(context: AppContext): void {
    const today = dayOf(clock.now());
    if (warnedOn === today) return;
    warnedOn = today;
    const isForwarded = context.req.header("forwarded") !== undefined ||
      context.req.header("x-forwarded-for") !== undefined;
    logger.warn("readers-crowded", { most: readersPerClient, isForwarded });
  }

  const asksForPrivacy = (context: AppContext) => context.req.header("sec-gpc") === "1";
  const counts = (context: AppContext) => !asksForPrivacy(context) && !cookies.isUncounted(context);

  return {
    readerOf: cookies.readerOf,
    counts,
    asksForPrivacy,
    setCounts: cookies.setCounts,
    readerOfPage(context) {
      const known = cookies.readerOf(context);
      if (known === undefined) return isPerson(context) ? cookies.welcome(context) : ids.random();
      cookies.renew(context);
      return known;
    },
    forgetReader: cookies.forget,
    originOf(context, reader) {
      if (!counts(context)) return { counts: false };
      const client = clientOf(context);
      if (client === undefined) return {};
      if (reader === undefined || crowd.admits(client, reader)) return { client };
      warnOfCrowd(context);
      return { client, voter: "client" };
    },
  };
}
