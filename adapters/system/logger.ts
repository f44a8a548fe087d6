import type { Logger } from "@/application/ports.ts";
import { createDamper } from "./damper.ts";

export const LEVELS = ["error", "warn", "info"] as const;
export type Level = (typeof LEVELS)[number];

type LoggerDeps = {
  write?: (line: string) => void;
  /** The `traceparent` of what is being done. */
  trace?: () => string | undefined;
};

/**
 * One JSON line on standard error for each thing that happened, from the level on. A warning that says the very same as one
 * of the last ten seconds is held back and then counted in one line.
 */
export function createLogger(
  service: string,
  level: Level,
  { write = console.error, trace = () => undefined }: LoggerDeps = {},
): Logger {
  const damped = createDamper();
  const line = (at: Level) => (event: string, fields: Record<string, unknown> = {}) => {
    if (LEVELS.indexOf(at) > LEVELS.indexOf(level)) return;
    const context = trace()?.split("-")[1];
    const say = (more: Record<string, unknown>) =>
      write(JSON.stringify({
        time: new Date().toISOString(),
        level: at,
        service,
        event,
        ...fields,
        ...(context === undefined ? {} : { trace: context }),
        ...more,
      }));
    // What names a request is about that one alone.
    if (at === "warn" && !("correlation" in fields)) damped(JSON.stringify([event, fields]), say);
    else say({});
  };
  return { error: line("error"), warn: line("warn"), info: line("info") };
}
