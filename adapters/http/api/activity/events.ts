import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { invalid, type Rejection, type RejectionCode } from "@/domain/rejection.ts";
import { readerIdFault } from "@/domain/activity/act.ts";
import { DAY } from "@/domain/hours.ts";
import { type ActItem, actItem, ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { ACT_IDS_KEPT_MS } from "@/application/activity/record_act.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import { wantedAndQuoted } from "@/application/shared/validation/wanted.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import {
  errors,
  idempotencyKey,
  json,
  readerSecurity,
  replayedHeader,
} from "@/adapters/http/base/describe/contracts.ts";
import { HttpProblem, pointers } from "@/adapters/http/base/problems/problem.ts";
import { actsForReaders, hasToken } from "@/adapters/http/base/security/auth.ts";
import { takesJson } from "@/adapters/http/base/content/body.ts";
import { charge } from "@/adapters/http/base/limits/limit_rates.ts";
import { answerCommand } from "@/adapters/http/api/answer_command.ts";
import { commandOf, type WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";

const MAX_EVENTS = 1_000;
const EVENTS = { mostBytes: 2 ** 20, mostBytesOfOne: 4 * 1024 };
/** Each further batch of this size costs one more token of the rate limit. */
const EVENTS_PER_TOKEN = 50;
const rejected = z.object({
  index: z.int(),
  type: z.string(),
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).meta({
    description: "Each fault with its JSON Pointer into the body",
  }),
});
const answer = z.object({
  accepted: z.int(),
  anonymous: z.int().optional().meta({
    description:
      "Accepted events whose reader was left out, as neither a cookie nor a token proves it; there where it is not 0",
  }),
  rejected: z.array(rejected),
}).meta({ id: "EventsAnswer" });
// Only for the document: each item is checked on its own, so that one bad item does not refuse the others.
const documented = z.union([actItem, z.array(actItem).min(1).max(MAX_EVENTS)]);

/** Adds the route that records acts of readers, one or many. */
export function eventRoutes(app: App, deps: WebApiDeps): void {
  app.openAPIRegistry.registerPath({
    ...createRoute({
      method: "post",
      path: "/v1/events",
      summary: "Records what readers did; stored when answered, and each counts once",
      description:
        `An event with an \`id\` counts once: within ${
          ACT_IDS_KEPT_MS / DAY
        } days the same event with the same id is accepted ` +
        "again and changes nothing, and another one with that id is rejected (`id-reused`), also within one batch. Without an id, " +
        "a batch is sent again safely under its Idempotency-Key. " +
        "No token is needed. A `reader` is taken with the readers' token or the admin token, or where it is the reader of the " +
        "request's own cookie; otherwise a view or a search is anonymous, and other acts are rejected. A wrong token is refused.",
      security: [{}, ...readerSecurity],
      request: {
        headers: idempotencyKey,
        body: { required: true, content: { "application/json": { schema: documented } } },
      },
      responses: {
        202: { ...json(answer, "How many were accepted, and why others were not"), headers: replayedHeader },
        ...errors(400, 401, 403, 409, 413, 415, 422),
      },
    }),
  });
  app.post("/v1/events", takesJson(EVENTS), async (context) => {
    const body: unknown = await context.req.json();
    const items = Array.isArray(body) ? body as unknown[] : [body];
    if (items.length === 0 || items.length > MAX_EVENTS) {
      throw new HttpProblem(422, `wanted 1 to ${MAX_EVENTS} events, found ${items.length}`);
    }
    charge(context, Math.floor(items.length / EVENTS_PER_TOKEN));
    const whose = whoseActs(deps, context);
    const refusals = new Map<number, Rejection>();
    const commands: { index: number; isNameless: boolean; command: Envelope }[] = [];
    items.forEach((item, index) => {
      const parsed = actItem.safeParse(item, { error: wantedAndQuoted });
      if (!parsed.success) return void refusals.set(index, invalid(faultsOf(parsed.error)));
      const act = whose(parsed.data);
      if (act === undefined) return void refusals.set(index, NOT_PROVEN);
      const isNameless = act.reader !== parsed.data.reader;
      commands.push({ index, isNameless, command: commandOf(context, deps.ids, ACTIVITY.recordAct, act) });
    });
    return await answerCommand(
      deps,
      context,
      ACTIVITY_TOPICS.commands,
      commands.map(({ command }) => command),
      (outcomes) => {
        const list = new Map(refusals);
        outcomes.forEach((outcome, at) => {
          if (outcome.kind === "rejected") list.set(commands[at]!.index, outcome.rejection);
        });
        const made = commands.filter(({ index, isNameless }) => isNameless && !list.has(index)).length;
        return answerOf(context, { items: items.length, refusals: list, anonymous: made, isList: Array.isArray(body) });
      },
    );
  });
}

const NOT_PROVEN = invalid([{
  path: ["reader"],
  message: "wanted the reader's own cookie, or a token: an act that belongs to a reader is theirs alone",
}]);

/**
 * Returns a function that decides whose an act is. A token may name any reader, others only the reader of their cookie: otherwise the
 * act is anonymous, or undefined when its type needs a reader. Only the admin token may set the time.
 */
function whoseActs(deps: WebApiDeps, context: AppContext) {
  const isAdmin = hasToken(context, deps.adminToken);
  const isTrusted = actsForReaders(context, deps);
  const own = deps.visitors.readerOf(context);
  return ({ time, ...act }: ActItem): (Omit<ActItem, "time"> & { time?: string }) | undefined => {
    if (isTrusted) return isAdmin && time !== undefined ? { ...act, time } : act;
    const { reader, ...nameless } = act;
    if (reader !== undefined && (reader === own || readerIdFault(reader) !== undefined)) {
      return { ...act, ...deps.visitors.originOf(context, reader) };
    }
    const isOpen = act.type === "viewed" || act.type === "searched";
    return isOpen || reader === undefined ? { ...nameless, ...deps.visitors.originOf(context, undefined) } : undefined;
  };
}

type Accepted = { items: number; refusals: Map<number, Rejection>; anonymous: number; isList: boolean };

/** Answers with the number of accepted items and why others were rejected. Answers 422 when none was accepted. */
function answerOf(context: AppContext, { items, refusals, anonymous, isList }: Accepted): Response {
  const list = [...refusals].sort(([a], [b]) => a - b).map(([index, { code, detail, faults }]) => ({
    index,
    type: `/problems/${code}`,
    title: code.replaceAll("-", " "),
    detail,
    errors: pointers(faults ?? [{ path: FIELDS[code] ?? [], message: detail }], isList ? [index] : []),
  }));
  if (list.length === items) {
    const errors = list.flatMap(({ errors }) => errors).slice(0, MAX_ERRORS);
    throw new HttpProblem(422, "no event could be accepted", { code: "invalid", errors });
  }
  return context.json(
    { accepted: items - list.length, ...(anonymous === 0 ? {} : { anonymous }), rejected: list },
    202,
  );
}

const MAX_ERRORS = 100;
/** The field that is refused where a rejection names none. */
const FIELDS: Partial<Record<RejectionCode, [string]>> = {
  "unknown-book": ["book"],
  "id-reused": ["id"],
  "time-ahead": ["time"],
  "reader-erased": ["reader"],
};
