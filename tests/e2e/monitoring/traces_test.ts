import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { collect, type CollectedSpan, silence } from "@/tests/support/monitoring/collector.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready } from "@/tests/support/processes/processes.ts";
import { WORLDS } from "@/tests/support/suites/worlds.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

const tracing = (endpoint: string, more: Record<string, string> = {}) => ({
  OTEL_DENO: "true",
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "100",
  SAMPLE_CATALOGUE: "off",
  ADMIN_TOKEN: "token-of-the-traces",
  ...more,
});
const search = async (web: string, query: string, traceparent?: string) => {
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  const answer = await fetch(`${web}/v1/books?q=${query}`, { headers });
  await answer.body?.cancel();
  return answer.status;
};

for (const world of WORLDS.filter(({ name }) => /one process|SQLite$|mariadb/.test(name))) {
  describe(`traces, ${world.name}`, () => {
    const collector = collect();
    let services: Started[] = [];
    before(async () => {
      const env = { ...world.env, ...tracing(collector.url) };
      if (world.suite) services = [await ready("suite", env)];
      else {
        const [trend, recommendation] = await Promise.all([ready("trend", env), ready("recommendation", env)]);
        const others = { TREND_URL: trend.url(), RECOMMENDATION_URL: recommendation.url() };
        services = [await ready("web", { ...env, ...others }), trend, recommendation];
      }
    });
    after(async () => {
      for (const service of services) service.signal("SIGTERM");
      for (const service of services) await service.ended();
      await collector.close();
      await world.clear();
    });
    const of = (kind: number, name: RegExp, attribute = "", value = "") =>
      collector.spans.filter((span) =>
        span.kind === kind && name.test(span.name) && (attribute === "" || span.attributes[attribute] === value)
      );

    it("one search is one trace, from the caller's context over web and the relay to both consumers", async () => {
      expect(await search(services[0]!.url("web"), "dune", `00-${TRACE}-${CALLER}-01`)).toBe(200);
      const found = await eventually(() => {
        const [server] = of(2, /^GET \/v1\/books$/);
        const [relay] = of(4, /^send outbox$/);
        const consumers = ["trend", "recommendation"].map((group) =>
          of(5, /^process bookstream\.activity\.events$/, "messaging.consumer.group.name", group)[0]
        );
        const all = [server, relay, ...consumers];
        return all.every((span): span is CollectedSpan => span !== undefined) && all;
      });
      const [server, relay, ...consumers] = found;
      expect(found.map(({ traceId }) => traceId)).toEqual([TRACE, TRACE, TRACE, TRACE]);
      expect(server?.parentSpanId).toBe(CALLER);
      expect(server?.attributes["http.route"]).toBe("/v1/books");
      expect(relay?.parentSpanId).toBe(server?.spanId);
      expect(consumers.map(({ parentSpanId }) => parentSpanId)).toEqual([relay?.spanId, relay?.spanId]);
    });

    it("a request without a context begins a trace, named by its route, and what it asks of others belongs to it", async () => {
      const page = await fetch(`${services[0]!.url("web")}/trends`);
      expect(page.status).toBe(200);
      await page.body?.cancel();
      const [server] = await eventually(() => {
        const spans = of(2, /^GET \/trends$/);
        return spans.length > 0 && spans;
      });
      expect(server?.traceId).not.toBe(TRACE);
      const asked = await eventually(() => {
        const spans = collector.spans.filter(({ name, traceId }) =>
          traceId === server?.traceId && /^GET \/v1\/trends\/(books|queries)$/.test(name)
        );
        return spans.length === 2 && spans;
      });
      expect(asked.map(({ attributes }) => attributes["http.route"]).sort()).toEqual([
        "/v1/trends/books",
        "/v1/trends/queries",
      ]);
    });
  });
}

describe("a collector of telemetry", () => {
  const sink = silence();
  const refusing = "http://127.0.0.1:1";
  after(() => sink.close());
  for (const [how, endpoint] of [["hangs", sink.url], ["refuses", refusing]] as const) {
    it(`that ${how} changes nothing: requests are answered, events arrive, and a stop takes less than 2.8 s`, async () => {
      const folder = await Deno.makeTempDir();
      const suite = await ready("suite", { DATA_DIR: folder, ...tracing(endpoint) });
      const web = suite.url("web");
      for (let at = 0; at < 50; at++) expect(await search(web, `q${at}`)).toBe(200);
      if (how === "hangs") await eventually(() => sink.connections() > 0);
      await eventually(async () =>
        (await (await fetch(`${suite.url("trend")}/metrics`)).text()).includes(
          'type="bookstream.activity.book-searched.v1",outcome="handled"} 50',
        )
      );
      suite.signal("SIGTERM");
      const { code, tookMs } = await suite.ended();
      expect([code, tookMs < 2_800]).toEqual([0, true]);
      await Deno.remove(folder, { recursive: true });
    });
  }
});
