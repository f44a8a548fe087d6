import type { ActDetails } from "@/domain/activity/act.ts";

/** The act that a button of a book's page stands for. */
export function actOf(value: unknown): ActDetails | undefined {
  if (value === "want" || value === "reading" || value === "read") return { type: "shelved", shelf: value };
  if (value === "dismissed") return { type: "dismissed" };
  const stars = typeof value === "string" ? /^rated-([1-5])$/.exec(value)?.[1] : undefined;
  return stars === undefined ? undefined : { type: "rated", rating: Number(stars) };
}
