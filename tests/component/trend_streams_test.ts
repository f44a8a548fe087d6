import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { samplesOf, valueOf } from "@/tests/support/exposition.ts";
import { memorySuite } from "@/tests/support/memory_suite.ts";

describe("streams of trends", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  before(async () => {
    suite = await memorySuite();
  });
  after(() => suite.stop());
  const followers = async () =>
    valueOf(samplesOf(await (await suite.asks.trend("/metrics")).text()), "bookstream_trend_streams");

  for (const [service, path] of [["trend", "/v1/trends/stream"], ["web", "/trends/stream"]] as const) {
    it(`${service} answers HEAD at once, and follows nothing for it`, async () => {
      let head: Response | undefined;
      void suite.asks[service](path, { method: "HEAD" }).then((response) => head = response);
      const { status, headers, body } = await eventually(() => head, 10_000);
      expect([status, headers.get("content-type"), headers.has("content-length"), body]).toEqual([
        200,
        "text/event-stream",
        false,
        null,
      ]);
      expect(await followers()).toBe(0);
    });
  }
});
