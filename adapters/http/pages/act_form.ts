import type { ActDetails } from "@/domain/activity/act.ts";

type OwnAct = Pick<ActDetails, "type" | "shelf" | "rating" | "what">;

/** Returns the act of a button. */
export function actOf(value: unknown): OwnAct | undefined {
  switch (value) {
    case "want":
    case "reading":
    case "read":
      return { type: "shelved", shelf: value };
    case "dismissed":
    case "cleared":
      return { type: value };
    case "unshelved":
      return { type: "cleared", what: "shelf" };
    case "unrated":
      return { type: "cleared", what: "rating" };
  }
  const stars = typeof value === "string" ? /^rated-([1-5])$/.exec(value)?.[1] : undefined;
  return stars === undefined ? undefined : { type: "rated", rating: Number(stars) };
}
