import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readText, type Settings, StartFault, TOKEN } from "./settings.ts";

/** Makes the folder of the embedded stores where it is missing. Throws a StartFault when it cannot be written. */
export function dataFolder(path: string): string {
  const folder = resolve(path);
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const probe = join(folder, `.probe-${crypto.randomUUID()}`);
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
    return folder;
  } catch (error) {
    throw new StartFault(`DATA_DIR ${folder} cannot be written: ${(error as Error).message}`);
  }
}

/** The admin token: as set, or as made at first start and kept in the data folder, readable by its owner only. */
export function adminToken(
  { ADMIN_TOKEN: set, DATA_DIR }: Pick<Settings, "ADMIN_TOKEN" | "DATA_DIR">,
): { token: string; file?: string } {
  if (set !== undefined) return { token: set };
  const file = join(dataFolder(DATA_DIR), "admin-token");
  try {
    writeFileSync(file, crypto.randomUUID().replaceAll("-", "") + "\n", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") {
      throw new StartFault(`${file} cannot be written: ${(error as Error).message}`);
    }
  }
  const token = readText(file, "admin token").trim();
  if (!TOKEN.test(token)) throw new StartFault(`${file} holds no token of 16 or more ASCII characters: remove it`);
  return { token, file };
}

/**
 * The token of a service that has no need of the data folder by itself: as set, or the one of the folder where stores or log are
 * in it; otherwise none, and operator endpoints are refused.
 */
export const operatorToken = (settings: Settings): string | undefined =>
  settings.KAFKA_BROKERS !== undefined && settings.MYSQL_URL !== undefined
    ? settings.ADMIN_TOKEN
    : adminToken(settings).token;

/** Where files are kept that were sent to be imported. Made when the first one comes. */
export const importFolder = ({ DATA_DIR }: Pick<Settings, "DATA_DIR">): string => resolve(DATA_DIR, "imports");
