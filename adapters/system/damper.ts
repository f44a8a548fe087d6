const QUIET_MS = 10_000;
/** The number of different messages that are watched for repetitions. */
const MAX_WATCHED = 200;

/**
 * Says a message at once and counts its repetitions; after the quiet time it says them as one, with their number. When
 * `MAX_WATCHED` messages are watched, any other one is said each time.
 */
export function createDamper(quietMs = QUIET_MS): (what: string, say: (more: { repeated?: number }) => void) => void {
  const watched = new Map<string, { repeated: number; say: (more: { repeated?: number }) => void }>();

  function countRepetitions(what: string): void {
    const timer = setTimeout(() => {
      const { repeated, say } = watched.get(what)!;
      watched.delete(what);
      if (repeated === 0) return;
      say({ repeated });
      watched.set(what, { repeated: 0, say });
      countRepetitions(what);
    }, quietMs);
    Deno.unrefTimer(timer);
  }

  return (what, say) => {
    const known = watched.get(what);
    if (known !== undefined) {
      known.repeated++;
      known.say = say;
      return;
    }
    say({});
    if (watched.size >= MAX_WATCHED) return;
    watched.set(what, { repeated: 0, say });
    countRepetitions(what);
  };
}
