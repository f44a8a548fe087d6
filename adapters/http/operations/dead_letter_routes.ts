import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import {
  deadLetterSchema,
  showDeadLetter,
  showWholeDeadLetter,
  wholeDeadLetterSchema,
} from "@/application/messaging/dead_letters/schemas.ts";
import type { StoredDeadLetter } from "@/application/messaging/consuming/ports.ts";
import type { Closed } from "@/application/messaging/dead_letters/close.ts";
import { discard, replay, type ReplayDeps } from "@/application/messaging/dead_letters/replay.ts";
import {
  deadLetterName,
  deadLetterPattern,
  parseDeadLetterName,
} from "@/application/messaging/dead_letters/dead_letter_name.ts";
import { needToken, type Token } from "@/adapters/http/base/security/auth.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { errors, json, limit, page, token, wholeNumber } from "@/adapters/http/base/describe/contracts.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

const PATH = "/v1/operations/dead-letters";
/** The path parameter of a dead letter: its name, converted to its id in this service's store. */
const paramsOf = (service: string) => ({
  params: z.object({
    id: z.string().regex(new RegExp(deadLetterPattern(service)), `wanted a dead letter like ${service}-12`)
      .transform((name) => parseDeadLetterName(name)!.id)
      .openapi({
        type: "string",
        pattern: deadLetterPattern(service),
        description: "A dead letter's name, as the list has it",
      }),
  }),
});
const closedLetters = z.object({
  items: z.array(z.object({
    id: z.string(),
    came: z.enum(["replayed", "discarded", "failed", "waiting", "gone"]),
    detail: z.string().optional(),
  })),
}).meta({ id: "SettledLetters" });

/** A request ends after closing this many dead letters. The next request continues. */
const MAX_CLOSED = 1_000;

/** `service`: the prefix of the names of its dead letters. */
type DeadLetterRoutesDeps = ReplayDeps & { service: string };

/** Adds the operators' routes of dead letters: list, show, replay, discard. */
export function deadLetterRoutes(app: App, deps: DeadLetterRoutesDeps, adminToken: Token | undefined): void {
  app.use(`${PATH}/*`, async (context, next) => {
    needToken(context, adminToken);
    await next();
  });
  listRoute(app, deps);
  getRoute(app, deps);
  closeRoute(app, deps, {
    name: "replay",
    summary: "Handles again a dead letter and the others of its key, in order",
    close: replay,
  });
  closeRoute(app, deps, {
    name: "discard",
    summary: "Gives a dead letter up for good; what waits behind it goes on by replay",
    close: discard,
  });
  replayAllRoute(app, deps);
}

const query = z.object({
  consumer: z.string().optional(),
  limit,
  cursor: wholeNumber(0).default(0).openapi({
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
  }),
});

function listRoute(app: App, { deadLetters, service }: DeadLetterRoutesDeps): void {
  app.openapi(
    createRoute({
      method: "get",
      path: PATH,
      summary: "Messages that were parked, oldest first",
      security: token,
      request: { query },
      responses: { 200: json(page(deadLetterSchema), "Dead letters"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      const { consumer, limit, cursor } = context.req.valid("query");
      const list = await deadLetters.list(consumer === undefined ? {} : { consumer }, cursor, limit);
      return context.json(
        {
          items: list.map((one) => showDeadLetter(service, one)),
          next_cursor: list.length < limit ? null : String(list.at(-1)!.id),
        },
        200,
      );
    },
  );
}

function getRoute(app: App, deps: DeadLetterRoutesDeps): void {
  app.openapi(
    createRoute({
      method: "get",
      path: `${PATH}/{id}`,
      summary: "A dead letter with its original message",
      security: token,
      request: paramsOf(deps.service),
      responses: { 200: json(wholeDeadLetterSchema, "The dead letter"), ...errors(401, 403, 404, 422) },
    }),
    async (context) => {
      const deadLetter = await parkedOr404(deps, context.req.valid("param").id);
      return context.json(showWholeDeadLetter(deps.service, deadLetter), 200, { "cache-control": "private, no-store" });
    },
  );
}

type Close = { name: "replay" | "discard"; summary: string; close: typeof replay };

/** Adds a route that replays or discards one dead letter. */
function closeRoute(app: App, deps: DeadLetterRoutesDeps, { name, summary, close }: Close): void {
  app.openapi(
    createRoute({
      method: "post",
      path: `${PATH}/{id}/${name}`,
      summary,
      security: token,
      request: paramsOf(deps.service),
      responses: { 200: json(closedLetters, "What came of each"), ...errors(401, 403, 404, 422) },
    }),
    async (context) => {
      const deadLetter = await parkedOr404(deps, context.req.valid("param").id);
      return context.json({ items: await takeSome(deps, close(deps, [deadLetter.id])) }, 200);
    },
  );
}

function replayAllRoute(app: App, deps: DeadLetterRoutesDeps): void {
  app.openapi(
    createRoute({
      method: "post",
      path: `${PATH}/replay`,
      summary: `Handles all dead letters again, about ${MAX_CLOSED} of them; ask again for the rest`,
      security: token,
      responses: { 200: json(closedLetters, "What came of each"), ...errors(401, 403) },
    }),
    async (context) => context.json({ items: await takeSome(deps, replay(deps)) }, 200),
  );
}

async function parkedOr404({ deadLetters, service }: DeadLetterRoutesDeps, id: number): Promise<StoredDeadLetter> {
  const deadLetter = await deadLetters.get(id);
  if (deadLetter === undefined) {
    throw new HttpProblem(
      404,
      `there is no dead letter ${deadLetterName(service, id)}, or it was replayed or discarded`,
    );
  }
  return deadLetter;
}

async function takeSome(
  { service }: DeadLetterRoutesDeps,
  closing: AsyncGenerator<Closed[]>,
): Promise<z.output<typeof closedLetters>["items"]> {
  const list: z.output<typeof closedLetters>["items"] = [];
  for await (const page of closing) {
    list.push(...page.map((one) => ({ ...one, id: deadLetterName(service, one.id) })));
    if (list.length >= MAX_CLOSED) break;
  }
  return list;
}
