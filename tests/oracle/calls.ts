/**
 * What became of a call: `ok` was answered with yes, `refused` with no, and `unknown` had no answer: it may or may not have
 * happened.
 */
export type State = "ok" | "refused" | "unknown";
export type Act = {
  type: "viewed" | "searched" | "shelved" | "rated" | "dismissed" | "cleared";
  reader?: string;
  book?: string;
  query?: string;
  shelf?: "want" | "reading" | "read";
  rating?: number;
  what?: "shelf" | "rating";
  /** ISO 8601; an act without one happens when it arrives. */
  time?: string;
};
export type Did =
  | { kind: "act"; act: Act }
  | { kind: "add" | "change"; book: string; title: string }
  | { kind: "remove"; book: string }
  | { kind: "erase"; reader: string };

/** What a client asked, and what it was told. On a topic `ok` means that the command is in the log. */
export type Call = {
  /** Its own id. The event of an act that was sent with an id has the same one. */
  id: string;
  /** The id of the command's message, where the client knows it: events name it as their cause. */
  command?: string;
  way: "http" | "topic";
  did: Did;
  state: State;
  /** Whether an earlier call may have said the same already, so that this one may have no event of its own. */
  repeats?: boolean;
  /** The version that it is meant for (`If-Match`), where it named one. */
  wanted?: number;
  /** The version that the answer told. */
  answered?: number;
  /** When the answer came, where looks were timed by the same clock. */
  told?: number;
  /** Ids of the events that the answer named. */
  named?: string[];
};
