import type { Claim, Claimed } from "@/application/messaging/commands/ports.ts";
import type { Row } from "@/adapters/sql/row.ts";

/** Returns the result of a claim by the stored row, or undefined when the claim may take the key. */
export function claimedBy(row: Row | undefined, { request, now, until, since }: Claim): Claimed | undefined {
  if (row === undefined || Number(row.taken) < since) return undefined;
  if (String(row.request) !== request) return { kind: "other" };
  if (row.answer !== null) return { kind: "answered", answer: JSON.parse(String(row.answer)) };
  return Number(row.until) > now ? { kind: "running", until: Math.min(Number(row.until), until) } : undefined;
}
