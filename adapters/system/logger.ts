import type { Logger } from "@/application/ports.ts";
import { createDamper } from "./damper.ts";

export const LEVELS = ["error", "warn", "info", "debug"] as const;
export type Level = (typeof LEVELS)[number];

type LoggerDeps = {
  write?: (line: string) => void;
  /** The `traceparent` of the current span. */
  trace?: () => string | undefined;
};

/**
 * Writes one JSON line on standard error for each thing that happened, at the level or above. Equal warnings within ten seconds
 * are counted and said in one line.
 */
export function createLogger(
  service: string,
  level: Level,
  { write = console.error, trace = () => undefined }: LoggerDeps = {},
): Logger {
  const damp = createDamper();
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
    // A warning with a correlation id is about one request, so it repeats nothing.
    if (at === "warn" && !("correlation" in fields)) damp(JSON.stringify([event, fields]), say);
    else say({});
  };
  return { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
}
