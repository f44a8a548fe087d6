import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { trendListRoutes } from "@/adapters/http/api/trend/trend_lists.ts";
import { createMemoryTrendStore } from "@/adapters/memory/trend/trend_store.ts";
import { DAY, HOUR, MINUTE } from "@/domain/hours.ts";
import { bareApp } from "@/tests/support/http/bare_app.ts";
import { T0 } from "@/tests/support/samples.ts";

/** Lists whose store has more keys than a list looks at, none of them a book that is shown. */
function lists() {
  const app = bareApp({ http: { rates: { client: { perSecond: 1, burst: 100 } }, now: () => 0 } });
  const { view, floor } = createMemoryTrendStore().at(1);
  const limits: number[] = [];
  trendListRoutes(app, {
    openLive: () =>
      Promise.resolve({
        floor,
        view: {
          ...view,
          candidatesAt(_subject, _span, limit) {
            limits.push(limit);
            return Promise.resolve(Array.from({ length: limit }, (_, at) => `k${at}`));
          },
        },
      }),
    windows: () => Promise.resolve({ window: "24h", windows: ["24h"] }),
    clock: { now: () => T0, sleep: () => Promise.resolve() },
    leastReaders: 1,
    isBlocked: () => false,
  });
  const ask = async (query: string, list = "books") =>
    await app.request(`/v1/trends/${list}?${query}`, {}, { address: "198.51.100.7" });
  return { ask, limits };
}

const ago = (ms: number) => `at=${new Date(T0 - ms).toISOString()}`;

describe("trends of a moment", () => {
  it("are chosen by one statement, however few of its keys are listed", async () => {
    const { ask, limits } = lists();
    expect((await ask(`${ago(30 * DAY)}&window=730d&subject=none`)).status).toBe(200);
    expect(limits).toEqual([2_000]);
  });

  it("are those of the last 90 days, and as far ahead as clocks may differ", async () => {
    const statusOf = async (ms: number) => (await lists().ask(ago(ms))).status;
    expect(await Promise.all([90 * DAY, HOUR, 0, -5 * MINUTE].map(statusOf))).toEqual([200, 200, 200, 200]);
    expect(await Promise.all([90 * DAY + 1, 400 * DAY, -5 * MINUTE - 1, -DAY].map(statusOf))).toEqual(
      Array(4).fill(422),
    );
    const { errors } = await (await lists().ask(ago(91 * DAY), "queries")).json();
    expect(errors.map(({ parameter }: { parameter: string }) => parameter)).toEqual(["at"]);
  });

  it("and those of a subject count as more requests", async () => {
    const leftAfter = async (query: string) => (await lists().ask(query)).headers.get("ratelimit")?.split(";")[1];
    expect(await Promise.all(["", ago(MINUTE), ago(HOUR), "subject=a", `${ago(HOUR)}&subject=a`].map(leftAfter)))
      .toEqual(["r=99", "r=99", "r=79", "r=79", "r=59"]);
    const { ask } = lists();
    const statuses = [];
    for (let asked = 0; asked < 6; asked++) statuses.push((await ask("subject=a")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });
});
