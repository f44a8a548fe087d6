import { hash } from "node:crypto";
import type { IdGenerator } from "@/application/ports.ts";
import { createUuids } from "./uuid.ts";

/** Ids for production: UUIDv7, and SHA-256 of the parts (120 bits of it, base64url). */
export const systemIds: IdGenerator = {
  fresh: createUuids(Date.now),
  random: () => crypto.randomUUID(),
  of: (...parts) => hash("sha256", JSON.stringify(parts), "base64url").slice(0, 20),
};
