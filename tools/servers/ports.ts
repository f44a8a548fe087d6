import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./processes.ts";

/** Free ports by name, stored in the folder, so that a server that starts again has the same ones. */
export function portsOf(folder: string, names: string[]): Record<string, number> {
  const file = join(folder, "ports.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const ports = Object.fromEntries(names.map((name) => [name, freePort()]));
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}
