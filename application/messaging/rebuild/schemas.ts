import { z } from "zod";
import type { RebuildPlan } from "./plan.ts";
import type { RebuildState } from "./jobs.ts";

/** A rebuild's plan for operators. */
export const rebuildPlanSchema = z.object({
  live: z.int().meta({ description: "The version that readers see" }),
  next: z.int().meta({ description: "The version that is filled" }),
  resumes: z.boolean().meta({ description: "Goes on where an attempt was interrupted" }),
  messages: z.int().meta({ description: "Messages to read" }),
  lost: z.array(z.object({
    topic: z.string(),
    since: z.iso.datetime().meta({ description: "From here on the topic has all of its messages" }),
  })).meta({
    description:
      "Topics that no longer reach back to their beginning: what came of older messages is copied from the live version",
  }),
}).meta({ id: "RebuildPlan" });
/** A rebuild for operators. */
export const rebuildSchema = z.object({
  state: z.enum(["running", "switched", "failed"]),
  begun: z.iso.datetime(),
  ended: z.iso.datetime().optional(),
  progress: z.object({
    step: z.enum(["clearing", "copying", "reading", "completing"]),
    done: z.int().meta({ description: "Rows removed or copied, or messages read" }),
    of: z.int().optional(),
  }).optional(),
  plan: rebuildPlanSchema.optional(),
  read: z.int().optional().meta({ description: "Messages that were read" }),
  parked: z.int().optional().meta({ description: "Messages that are dead letters of the new version" }),
  detail: z.string().optional().meta({ description: "Why it failed" }),
}).meta({ id: "Rebuild" });

export const showPlan = ({ live, next, resumes, messages, lost }: RebuildPlan): z.output<typeof rebuildPlanSchema> => ({
  live,
  next,
  resumes,
  messages,
  lost: [...lost].map(([topic, since]) => ({ topic, since: new Date(since).toISOString() })),
});

export function showRebuild(rebuild: RebuildState): z.output<typeof rebuildSchema> {
  const { state, begun, progress } = rebuild;
  const ended = state === "running" ? {} : { ended: new Date(rebuild.ended).toISOString() };
  const result = state === "switched"
    ? { plan: showPlan(rebuild.report), read: rebuild.report.read, parked: rebuild.report.parked }
    : state === "failed"
    ? { detail: rebuild.detail }
    : {};
  return {
    state,
    begun: new Date(begun).toISOString(),
    ...ended,
    ...(progress === undefined ? {} : { progress }),
    ...result,
  };
}
