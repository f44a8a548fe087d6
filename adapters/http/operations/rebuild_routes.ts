import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { RebuildRefused } from "@/application/messaging/rebuild/rebuild.ts";
import { rebuildPlanSchema, rebuildSchema, showPlan, showRebuild } from "@/application/messaging/rebuild/schemas.ts";
import type { Rebuilds } from "@/application/messaging/rebuild/jobs.ts";
import { needToken, type Token } from "@/adapters/http/base/security/auth.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { errors, json, token } from "@/adapters/http/base/describe/contracts.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";

const PATH = "/v1/operations/rebuilds";
const yesNo = z.enum(["true", "false"]).default("false");
const query = z.object({
  dry_run: yesNo.meta({ description: "Only say what would be done" }),
  anew: yesNo.meta({ description: "Leave nothing of an attempt that was interrupted" }),
});

/** Adds the operators' routes of rebuilds: start one, show its progress. */
export function rebuildRoutes(app: App, rebuilds: Rebuilds, adminToken: Token | undefined): void {
  app.use(PATH, async (context, next) => {
    needToken(context, adminToken);
    await next();
  });
  app.openapi(
    createRoute({
      method: "post",
      path: PATH,
      summary:
        "Fills a new version of the projection from the log, beside the live one, and then shows that to readers",
      security: token,
      request: { query },
      responses: {
        200: json(rebuildPlanSchema, "What would be done"),
        202: json(rebuildSchema, "It has begun; GET says how it fares"),
        ...errors(401, 403, 409, 422),
      },
    }),
    async (context) => {
      const { dry_run: dryRun, anew } = context.req.valid("query");
      if (dryRun === "true") return context.json(showPlan(await rebuilds.plan()), 200);
      try {
        return context.json(showRebuild(await rebuilds.start({ anew: anew === "true" })), 202, { location: PATH });
      } catch (error) {
        if (error instanceof RebuildRefused) throw new HttpProblem(409, error.message, { code: "rebuild-running" });
        throw error;
      }
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: PATH,
      summary: "How the last rebuild of this process fares",
      security: token,
      responses: { 200: json(rebuildSchema, "The rebuild"), ...errors(401, 403, 404) },
    }),
    (context) => {
      const last = rebuilds.last();
      if (last === undefined) throw new HttpProblem(404, "this process has begun no rebuild since it started");
      return context.json(showRebuild(last), 200);
    },
  );
}
