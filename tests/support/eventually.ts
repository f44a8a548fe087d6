/**
 * Asks until the answer is there; fails with what was last seen when the deadline passes. Only a test that fails waits
 * for it, so it leaves room for the busiest machine.
 */
export async function eventually<Value>(
  ask: () => Value | undefined | false | Promise<Value | undefined | false>,
  deadlineMs = 120_000,
): Promise<Value> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  do {
    try {
      const value = await ask();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  } while (Date.now() < end);
  throw new Error(`not within ${deadlineMs} ms`, { cause: last });
}
