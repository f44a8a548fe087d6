/**
 * What became of a call: `ok` was answered with yes, `refused` with no, and `unknown` had no answer: it may or may not have
 * happened.
 */
export type State = "ok" | "refused" | "unknown";
export type Act = {
  type: "viewed" | "searched" | "shelved" | "rated" | "dismissed";
  reader?: string;
  book?: string;
  query?: string;
  shelf?: "want" | "reading" | "read";
  rating?: number;
  /** ISO 8601. */
  time: string;
};
export type Did =
  | { kind: "act"; act: Act }
  | { kind: "add" | "change"; book: string; title: string }
  | { kind: "remove"; book: string }
  | { kind: "erase"; reader: string };

/** A command by its own id, which for an act is also the event's. `answered`: the version that the answer told. */
export type Call = { id: string; way: "http" | "topic"; did: Did; state: State; tries: number; answered?: number };

/** The history of a run: what was called, and when which answers came. */
export interface Calls {
  begin(way: Call["way"], did: Did, id?: string): Call;
  end(calls: Call[], state: State): void;
  all(): Call[];
  counts(): Record<State, number>;
  /** How many tries ended without an answer. */
  unanswered(): number;
  /** The longest time between one yes and the next so far, in milliseconds, and when it began. */
  longestSilence(): { from: number; took: number };
  /** One line per answer, oldest first: milliseconds since the start, the state, the ids. */
  lines(): string[];
}

export function createCalls(now: () => number): Calls {
  const all: Call[] = [];
  const lines: string[] = [];
  let unanswered = 0;
  let last: number | undefined;
  let silence = { from: 0, took: 0 };
  return {
    begin(way, did, id = `${did.kind}-${all.length}`) {
      const call: Call = { id, way, did, state: "unknown", tries: 0 };
      all.push(call);
      return call;
    },
    end(calls, state) {
      const at = now();
      for (const call of calls) {
        // What was answered once stays so. A no after a try without an answer says nothing of that try: it may have happened.
        if (call.state === "unknown" && !(state === "refused" && call.tries > 0)) call.state = state;
        call.tries++;
      }
      if (state === "unknown") unanswered += calls.length;
      if (state === "ok") {
        if (last !== undefined && at - last > silence.took) silence = { from: last, took: at - last };
        last = at;
      }
      lines.push(`${Math.round(at)} ${state} ${calls.map(({ id }) => id).join(" ")}`);
    },
    all: () => all,
    counts: () => {
      const counts = { ok: 0, refused: 0, unknown: 0 };
      for (const { state } of all) counts[state]++;
      return counts;
    },
    unanswered: () => unanswered,
    longestSilence: () => silence,
    lines: () => lines,
  };
}
