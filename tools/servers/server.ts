import type { Process } from "./processes.ts";

/** A running server, and the settings by which services find it. */
export type Server = {
  name: string;
  process: Process;
  port: number;
  version: string;
  settings: Record<string, string>;
};
