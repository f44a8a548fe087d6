/** How long a repetition is held back (ms), and how many different ones are watched. */
const QUIET = 10_000;
const MOST = 200;

/**
 * Says a thing at once, and its repetitions within ten seconds together: as one with their number, when the time is over.
 * Of more than 200 different things at a time the others are said as they come.
 */
export function createDamper(quiet = QUIET): (what: string, say: (more: { repeated?: number }) => void) => void {
  const held = new Map<string, { repeated: number; say: (more: { repeated?: number }) => void }>();

  function watch(what: string): void {
    const timer = setTimeout(() => {
      const { repeated, say } = held.get(what)!;
      held.delete(what);
      if (repeated === 0) return;
      say({ repeated });
      held.set(what, { repeated: 0, say });
      watch(what);
    }, quiet);
    Deno.unrefTimer(timer);
  }

  return (what, say) => {
    const known = held.get(what);
    if (known !== undefined) {
      known.repeated++;
      known.say = say;
      return;
    }
    say({});
    if (held.size >= MOST) return;
    held.set(what, { repeated: 0, say });
    watch(what);
  };
}
