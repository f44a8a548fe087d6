import type { Process } from "./processes.ts";

/** A server that runs, and the settings that lead to it. */
export type Server = {
  name: string;
  process: Process;
  port: number;
  version: string;
  settings: Record<string, string>;
};
