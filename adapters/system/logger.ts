import type { Log } from "@/application/messaging/ports.ts";

export const LEVELS = ["error", "warn", "info"] as const;
export type Level = (typeof LEVELS)[number];

/** One JSON line on standard error for each thing that happened, from the level on. */
export function createLogger(service: string, level: Level, write: (line: string) => void = console.error): Log {
  const line = (at: Level) => (event: string, fields: Record<string, unknown> = {}) => {
    if (LEVELS.indexOf(at) > LEVELS.indexOf(level)) return;
    write(JSON.stringify({ time: new Date().toISOString(), level: at, service, event, ...fields }));
  };
  return { error: line("error"), warn: line("warn"), info: line("info") };
}
