import type { IdGenerator } from "@/application/ports.ts";
import { sha256 } from "./sha256.ts";
import { createUuids } from "./uuid.ts";

/** Ids for production: UUIDv7, and SHA-256 of the parts (120 bits of it, base64url). */
export const systemIds: IdGenerator = {
  fresh: createUuids(Date.now),
  random: () => crypto.randomUUID(),
  of: (...parts) => sha256(JSON.stringify(parts)).toString("base64url", 0, 15),
};
