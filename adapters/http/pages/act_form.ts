import type { ActDetails } from "@/domain/activity/act.ts";
import type { ReaderBook } from "@/domain/activity/reader_book.ts";

type OwnAct = Pick<ActDetails, "type" | "shelf" | "rating">;

/** The acts that a button stands for. `said`: what the reader has said of the book so far, of which a part is taken back. */
export function actsOf(value: unknown, said: ReaderBook | undefined): OwnAct[] | undefined {
  const { shelf, rating, dismissed = false } = said ?? {};
  switch (value) {
    case "want":
    case "reading":
    case "read":
      return [{ type: "shelved", shelf: value }];
    case "dismissed":
    case "cleared":
      return [{ type: value }];
    // What is taken back goes as a whole, and what stays is said again.
    case "unshelved":
      return [{ type: "cleared" }, ...(rating === undefined ? [] : [{ type: "rated", rating } as const])];
    case "unrated":
      return [
        { type: "cleared" },
        ...(shelf === undefined ? [] : [{ type: "shelved", shelf } as const]),
        ...(dismissed ? [{ type: "dismissed" } as const] : []),
      ];
  }
  const stars = typeof value === "string" ? /^rated-([1-5])$/.exec(value)?.[1] : undefined;
  return stars === undefined ? undefined : [{ type: "rated", rating: Number(stars) }];
}
