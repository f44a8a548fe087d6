import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Token } from "@/adapters/http/base/security/auth.ts";
import type { Logger } from "@/application/ports.ts";
import { readText, type Settings, StartFault } from "@/services/settings/settings.ts";
import { areTokens, tokenOf } from "@/services/settings/tokens.ts";
import { fileFault } from "@/application/shared/text/file_fault.ts";

/** The mode of the data folder: only its owner may read it. */
const OWN_FOLDER = 0o700;

/** Creates the folder of the embedded stores if it is missing. Throws a StartFault when it cannot be written. */
export function dataFolder(path: string): string {
  const folder = resolve(path);
  try {
    mkdirSync(folder, { recursive: true, mode: OWN_FOLDER });
    closeToOthers(folder);
    const probe = join(folder, `.probe-${crypto.randomUUID()}`);
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
    return folder;
  } catch (error) {
    const isFile = (error as { code?: string }).code === "EEXIST";
    throw new StartFault(
      `DATA_DIR ${folder} cannot be written: ${isFile ? "it is a file: wanted a folder" : fileFault(error, "write")}`,
    );
  }
}

/** Makes the folder private. A folder of another owner, such as a container's volume, keeps its mode. */
function closeToOthers(folder: string): void {
  try {
    chmodSync(folder, OWN_FOLDER);
  } catch (error) {
    if ((error as { code?: string }).code !== "EPERM") throw error;
  }
}

const tokenFile = (DATA_DIR: string): string => resolve(DATA_DIR, "admin-token");

type AdminSettings = Pick<Settings, "ADMIN_TOKEN" | "ADMIN_TOKEN_FILE" | "DATA_DIR">;

/** Returns the admin token: the configured one, or one created at first start in a private file of the data folder. */
export function adminToken(
  { ADMIN_TOKEN: set, ADMIN_TOKEN_FILE, DATA_DIR }: AdminSettings,
  logger: Logger,
): { token: Token; file?: string } {
  if (set !== undefined) return { token: tokenOf("ADMIN_TOKEN_FILE", ADMIN_TOKEN_FILE, set, logger) };
  dataFolder(DATA_DIR);
  const file = tokenFile(DATA_DIR);
  try {
    writeFileSync(file, crypto.randomUUID().replaceAll("-", "") + "\n", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") {
      throw new StartFault(`${file} cannot be written: ${fileFault(error, "write")}`);
    }
  }
  const first = readText(file, "admin token").trim();
  if (!areTokens(first)) throw new StartFault(`${file} holds no token of 16 or more ASCII characters: remove it`);
  return { token: tokenOf(file, file, first, logger), file };
}

/**
 * Returns the admin token of a service other than web. With Kafka and MySQL only web creates the token's file, so it is read whenever
 * it appears. Operators' endpoints are refused until then.
 */
export function operatorToken(settings: Settings, logger: Logger): Token {
  const { KAFKA_BROKERS, MYSQL_URL, ADMIN_TOKEN, DATA_DIR } = settings;
  if (ADMIN_TOKEN !== undefined || KAFKA_BROKERS === undefined || MYSQL_URL === undefined) {
    return adminToken(settings, logger).token;
  }
  const file = tokenFile(DATA_DIR);
  const token = tokenOf(file, file, "", logger);
  if (token().length === 0) logger.warn("admin-token-awaited", { file });
  return token;
}

/** Returns the token of systems that act for readers, if one is set. */
export const readersTokenOf = ({ READERS_TOKEN: set, READERS_TOKEN_FILE: file }: Settings, logger: Logger) =>
  set === undefined ? undefined : tokenOf("READERS_TOKEN_FILE", file, set, logger);

/** Returns the folder of files sent for import. The first file creates it. */
export const importFolder = ({ DATA_DIR }: Pick<Settings, "DATA_DIR">): string => resolve(DATA_DIR, "imports");
