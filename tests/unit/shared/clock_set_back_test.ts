import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import { cacheFor } from "@/application/shared/concurrency/cache.ts";
import { cacheLiveVersion } from "@/application/messaging/rebuild/versions.ts";

/** A clock that the test sets. */
const settable = () => {
  const clock = { at: 10 * DAY, now: () => clock.at, sleep: () => Promise.resolve() };
  return clock;
};

describe("when the clock is set back", () => {
  it("cacheFor() reads again, and does not keep what it has for as long as the jump", async () => {
    const clock = settable();
    let reads = 0;
    const read = cacheFor(() => Promise.resolve(++reads), 1_000, clock);
    expect([await read(), await read()]).toEqual([1, 1]);
    clock.at -= 2 * DAY;
    expect([await read(), await read()]).toEqual([2, 2]);
    clock.at += 1_000;
    expect(await read()).toBe(3);
  });

  it("cacheLiveVersion() asks again", async () => {
    const clock = settable();
    let version = 1;
    const live = cacheLiveVersion(() => Promise.resolve({ version, since: 0 }), clock);
    expect(await live()).toBe(1);
    version = 2;
    clock.at -= 2 * DAY;
    expect(await live()).toBe(2);
  });
});
