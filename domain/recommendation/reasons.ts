import type { ReaderSearch, Taste } from "./interaction.ts";

type ReasonKind =
  | "because_you"
  | "because_you_searched"
  | "readers_also"
  | "same_author"
  | "same_subject"
  | "popular";
/** Why a book is recommended. `book`: the id of the book that led to it, if any. */
export type Reason = { kind: ReasonKind; text: string; book?: string };

const DONE: Record<Taste["kind"], string> = {
  viewed: "looked at",
  want: "want to read",
  reading: "are reading",
  read: "read",
  rated: "rated",
  dismissed: "",
  cleared: "",
  unshelved: "",
  unrated: "",
};

/** `title`: the title of the reader's book, if known. */
export function becauseYou(taste: Taste, title: string | undefined): Reason {
  if (title === undefined) return { kind: "because_you", text: "Because of your books" };
  return { kind: "because_you", text: `Because you ${DONE[taste.kind]} ${title}`, book: taste.book };
}

export const becauseYouSearched = ({ query }: ReaderSearch): Reason => ({
  kind: "because_you_searched",
  text: `Because you searched “${query}”`,
});

export const POPULAR: Reason = { kind: "popular", text: "Popular with readers" };
export const CHOSEN_LATELY: Reason = { kind: "popular", text: "Chosen by readers lately" };
