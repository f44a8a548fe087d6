import { createHash } from "node:crypto";
import { v7 } from "uuid";
import type { IdGenerator } from "@/application/ports.ts";

/** Ids for production: UUIDv7, and SHA-256 of the parts (120 bits of it, base64url). */
export const systemIds: IdGenerator = {
  fresh: () => v7(),
  random: () => crypto.randomUUID(),
  of: (...parts) => createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 20),
};
