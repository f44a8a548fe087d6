import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DAY } from "@/domain/hours.ts";
import { setClockBack } from "@/tests/support/databases/clock_set_back.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready } from "@/tests/support/processes/processes.ts";

/** A dead relay keeps its shards for eight seconds, and the machine may be busy. */
const SOON_MS = 30_000;

type Partition = { owner: string; lag_messages: number };
type Parts = Record<string, { ok: boolean; shards?: string; leading?: boolean; partitions?: Partition[] }>;

describe("a suite that crashed before its clock was set back by two days", () => {
  let folder: string;
  const processes: Started[] = [];
  beforeEach(async () => {
    folder = await Deno.makeTempDir();
  });
  afterEach(async () => {
    await killAll(processes.splice(0));
    await Deno.remove(folder, { recursive: true });
  });
  const begin = async () => {
    const suite = await ready("suite", { DATA_DIR: folder });
    processes.push(suite);
    return suite;
  };
  const search = async (suite: Started, query: string) => {
    const answer = await fetch(`${suite.url("web")}/v1/books?q=${query}`, { headers: { cookie: "reader=clock" } });
    await answer.body?.cancel();
  };
  const trends = async (suite: Started, query: string) => {
    const { items } = await (await fetch(`${suite.url("trend")}/v1/trends/queries`)).json();
    return (items as { query: string }[]).some((one) => one.query === query);
  };

  it("relays, consumes and refreshes within a lease's time, and is then ready", async () => {
    const first = await begin();
    await search(first, "dune");
    await eventually(() => trends(first, "dune"));
    first.signal("SIGKILL");
    await first.ended();
    expect(setClockBack(folder, 2 * DAY)).toBeGreaterThan(8);
    const suite = await begin();
    await search(suite, "emma");
    await eventually(() => trends(suite, "emma"), SOON_MS);
    const part = async (service: string) => {
      const { parts } = await (await fetch(`${suite.url(service)}/readyz?verbose`)).json();
      return parts as Parts;
    };
    const consumes = ({ partitions = [] }: Parts[string]) =>
      partitions.length > 0 &&
      partitions.every(({ owner, lag_messages }) => owner === "this process" && lag_messages === 0);
    await eventually(async () => {
      const [web, trend, recommendation] = [await part("web"), await part("trend"), await part("recommendation")];
      const consumers = [
        ...["catalog-commands", "activity-commands", "activity-policies"].map((name) => web[name]!),
        trend.consumer!,
        recommendation.consumer!,
      ];
      return web.relay!.shards === "8 of 8" && recommendation.engine!.leading && consumers.every(consumes);
    }, SOON_MS);
    for (const service of ["web", "trend", "recommendation"]) {
      expect((await fetch(`${suite.url(service)}/readyz`)).status).toBe(200);
    }
  });
});
