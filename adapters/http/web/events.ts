import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { invalid, type Rejection } from "@/domain/rejection.ts";
import { actItem, ACTIVITY } from "@/application/activity/messages.ts";
import type { Envelope } from "@/application/messaging/envelope.ts";
import { faultsOf } from "@/application/messaging/processor.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import type { App } from "@/adapters/http/base_app.ts";
import { errors, json } from "@/adapters/http/contracts.ts";
import { HttpProblem } from "@/adapters/http/problem.ts";
import { hasToken } from "@/adapters/http/auth.ts";
import { commandOf, type WebApiParts } from "./parts.ts";

const MOST = 1_000;
const rejected = z.object({ index: z.int(), type: z.string(), title: z.string(), detail: z.string() });
const answer = z.object({ accepted: z.int(), rejected: z.array(rejected) }).meta({ id: "EventsAnswer" });
// The document says what an item is; each item is judged on its own, so that one bad item does not refuse the others.
const documented = z.union([actItem, z.array(actItem).min(1).max(MOST)]);

/** What readers did, one act or many. */
export function eventRoutes(app: App, parts: WebApiParts): void {
  app.openAPIRegistry.registerPath({
    ...createRoute({
      method: "post",
      path: "/v1/events",
      summary: "Records what readers did; stored when answered, and each counts once",
      request: { body: { required: true, content: { "application/json": { schema: documented } } } },
      responses: {
        202: json(answer, "How many were accepted, and why others were not"),
        ...errors(400, 413, 415, 422),
      },
    }),
  });
  app.post("/v1/events", async (context) => {
    const body: unknown = await context.req.json();
    const items = Array.isArray(body) ? body as unknown[] : [body];
    if (items.length === 0 || items.length > MOST) {
      throw new HttpProblem(422, `wanted 1 to ${MOST} events, found ${items.length}`);
    }
    const honoursTime = hasToken(context, parts.adminToken);

    const refusals = new Map<number, Rejection>();
    const commands: { index: number; command: Envelope }[] = [];
    items.forEach((item, index) => {
      const parsed = actItem.safeParse(item);
      if (!parsed.success) return void refusals.set(index, invalid(faultsOf(parsed.error)));
      const { time, ...act } = parsed.data;
      const data = honoursTime && time !== undefined ? { ...act, time } : act;
      commands.push({ index, command: commandOf(context, parts.ids, ACTIVITY.recordAct, data) });
    });
    const outcomes = commands.length === 0
      ? []
      : await parts.bus.dispatch(TOPICS.activityCommands, commands.map(({ command }) => command));
    outcomes.forEach((outcome, at) => {
      if (outcome.kind === "rejected") refusals.set(commands[at]!.index, outcome.rejection);
    });

    const list = [...refusals].sort(([a], [b]) => a - b).map(([index, { code, detail }]) => ({
      index,
      type: `/problems/${code}`,
      title: code.replaceAll("-", " "),
      detail,
    }));
    const accepted = items.length - refusals.size;
    if (accepted > 0) return context.json({ accepted, rejected: list }, 202);
    const faults = [...refusals].map(([index, { detail }]) => ({
      pointer: Array.isArray(body) ? `/${index}` : "",
      detail,
    }));
    throw new HttpProblem(422, "no event could be accepted", { code: "invalid", errors: faults.slice(0, 100) });
  });
}
