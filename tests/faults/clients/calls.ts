import type { Call, Did, State } from "@/tests/oracle/calls.ts";

/** A call with how often it was tried. */
export type TriedCall = Call & { tries: number };

/** The history of a run: what was called, and when which answers came. */
export interface Calls {
  begin(way: Call["way"], did: Did, id?: string): TriedCall;
  end(calls: TriedCall[], state: State): void;
  all(): TriedCall[];
  counts(): Record<State, number>;
  /** How many tries ended without an answer. */
  unanswered(): number;
  /** The longest time between one yes and the next so far, and when it began. */
  longestSilence(): { from: number; tookMs: number };
  /** One line per answer, oldest first: milliseconds since the start, the state, the ids. */
  lines(): string[];
}

export function createCalls(now: () => number): Calls {
  const all: TriedCall[] = [];
  const lines: string[] = [];
  let unanswered = 0;
  let last: number | undefined;
  let silence = { from: 0, tookMs: 0 };
  return {
    begin(way, did, id = `${did.kind}-${all.length}`) {
      const call: TriedCall = { id, way, did, state: "unknown", tries: 0 };
      // What is sent on a topic bears the call's id; over HTTP the service makes one that nobody is told.
      if (way === "topic") call.command = id;
      all.push(call);
      return call;
    },
    end(calls, state) {
      const at = now();
      for (const call of calls) {
        // What was answered once stays so. A no after a try without an answer says nothing of that try: it may have happened.
        if (call.state === "unknown" && !(state === "refused" && call.tries > 0)) call.state = state;
        call.tries++;
        if (state === "ok") call.told ??= at;
      }
      if (state === "unknown") unanswered += calls.length;
      if (state === "ok") {
        if (last !== undefined && at - last > silence.tookMs) silence = { from: last, tookMs: at - last };
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
