import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { differences, quoted, rows, section, text } from "@/tests/docs/pages.ts";
import { faultsOf, namesIn } from "@/tests/support/monitoring/promql.ts";

const duration = z.string().regex(/^\d+[smh]$/);
/** What we use of Prometheus' rule file, and nothing else. */
const rulesSchema = z.strictObject({
  groups: z.array(z.strictObject({
    name: z.string().min(1),
    rules: z.array(z.strictObject({
      alert: z.string().regex(/^Bookstream[A-Z]\w+$/),
      expr: z.string().min(1),
      for: duration.optional(),
      labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
      annotations: z.strictObject({ summary: z.string().min(1) }),
    })).min(1),
  })).min(1),
});
/** What we use of Prometheus' own configuration. */
const scrapeSchema = z.strictObject({
  global: z.strictObject({ scrape_interval: duration, evaluation_interval: duration }),
  rule_files: z.array(z.string()),
  scrape_configs: z.array(z.strictObject({
    job_name: z.string(),
    static_configs: z.array(z.strictObject({ targets: z.array(z.string()).min(1) })).min(1),
  })),
});
/** What we use of it to find pods. */
const podsSchema = z.strictObject({
  ...scrapeSchema.shape,
  scrape_configs: z.tuple([z.strictObject({
    job_name: z.string(),
    kubernetes_sd_configs: z.tuple([z.strictObject({
      role: z.literal("pod"),
      namespaces: z.strictObject({ names: z.tuple([z.string()]) }),
    })]),
    relabel_configs: z.array(z.strictObject({
      source_labels: z.tuple([z.string()]),
      regex: z.string().optional(),
      action: z.enum(["keep", "replace"]).optional(),
      target_label: z.string().optional(),
    })),
  })]),
});
const gridSchema = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});
const sourceSchema = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });
const headSchema = { id: z.int().min(1), title: z.string().min(1), gridPos: gridSchema };
/** What we use of a Grafana dashboard. */
const dashboardSchema = z.object({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.object({
    list: z.tuple([z.object({ name: z.literal("datasource"), type: z.literal("datasource"), query: z.string() })]),
  }),
  panels: z.array(z.union([
    z.strictObject({ ...headSchema, type: z.literal("row"), collapsed: z.literal(false), panels: z.tuple([]) }),
    z.strictObject({
      ...headSchema,
      type: z.enum(["timeseries", "stat"]),
      description: z.string().min(1),
      datasource: sourceSchema,
      fieldConfig: z.object({ defaults: z.object({ unit: z.string() }), overrides: z.tuple([]) }),
      options: z.object({}),
      targets: z.array(z.strictObject({
        refId: z.string().regex(/^[A-Z]$/),
        datasource: sourceSchema,
        expr: z.string().min(1),
        legendFormat: z.string().min(1),
      })).min(1),
    }),
  ])),
});

const rules = rulesSchema.parse(parse(text("deploy/alerts.yaml"))).groups.flatMap((group) => group.rules);
const dashboard = dashboardSchema.parse(JSON.parse(text("deploy/dashboard.json")));
const charts = dashboard.panels.filter((panel) => panel.type !== "row");

/** The labels that an alert has when it fires: those that its aggregations keep, or all of its series. */
const named = (template: string): string[] => [...template.matchAll(/\$labels\.(\w+)/g)].map((match) => match[1]!);

describe("deploy/alerts.yaml", () => {
  it("asks for series and labels that our services make, in Prometheus' grammar", () => {
    expect(rules.length).toBeGreaterThan(8);
    expect(rules.flatMap(({ expr }) => faultsOf(expr))).toEqual([]);
  });

  it("names in its summaries only labels that the alert has", () => {
    for (const { alert, expr, annotations } of rules) {
      const kept = namesIn(expr).labels;
      const has = expr.includes(" by (") ? kept : ["job", "instance", "part", ...kept];
      expect([alert, named(annotations.summary).filter((label) => !has.includes(label))]).toEqual([alert, []]);
    }
  });

  it("has the alerts of docs/monitor.md and no other, by name, each said what it means and what to do", () => {
    const names = rules.map(({ alert }) => alert);
    expect(names).toEqual([...names].sort((one, other) => one.toLowerCase() < other.toLowerCase() ? -1 : 1));
    const listed = rows(section("docs/monitor.md", "## Alerts"));
    const page = { in: "docs/monitor.md", names: listed.map(([alert]) => quoted(alert!)[0]!) };
    expect(differences({ in: "deploy/alerts.yaml", names }, page)).toEqual([]);
    expect(page.names).toEqual(names);
    for (const [alert, severity, means, act] of listed) {
      const rule = rules.find((one) => one.alert === quoted(alert!)[0]);
      expect([alert, severity, means !== "" && act !== ""]).toEqual([alert, rule?.labels.severity, true]);
    }
  });
});

describe("deploy/prometheus.yaml", () => {
  const { scrape_configs: jobs, rule_files: files } = scrapeSchema.parse(parse(text("deploy/prometheus.yaml")));

  it("collects from the services of compose.yaml, at their ports, under their names", () => {
    const { services } = parse(text("compose.yaml"), { merge: true }) as {
      services: Record<string, { ports?: string[] }>;
    };
    const ours = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(jobs.map(({ job_name, static_configs }) => [job_name, static_configs])).toEqual(
      ours.map(([name, { ports }]) => [name, [{ targets: [`${name}:${ports![0]!.split(":").at(-1)}`] }]]),
    );
  });

  it("reads the alert rules beside it", () => {
    expect(files).toEqual(["alerts.yaml"]);
  });
});

describe("deploy/prometheus-kubernetes.yaml", () => {
  const { scrape_configs: [job], rule_files: files } = podsSchema.parse(
    parse(text("deploy/prometheus-kubernetes.yaml")),
  );

  it("finds the pods of deploy/kubernetes by labels that they have, in their namespace", () => {
    expect(files).toEqual(["alerts.yaml"]);
    const base = (name: string) => text(`deploy/kubernetes/base/${name}.yaml`);
    expect(job.kubernetes_sd_configs[0].namespaces.names).toEqual([parse(base("namespace")).metadata.name]);
    const pods = ["web", "trend", "recommendation"].flatMap((name) =>
      parseAllDocuments(base(name)).map((document) => document.toJS()).filter(({ kind }) => kind !== "Service").map((
        { spec },
      ) => ({ service: name, labels: spec.template.metadata.labels as Record<string, string> }))
    );
    expect(pods.length).toBe(6);
    const asked = (label: string) => `__meta_kubernetes_pod_label_${label.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`;
    for (const { service, labels } of pods) {
      const meta = Object.fromEntries(Object.entries(labels).map(([label, value]) => [asked(label), value]));
      const { source_labels, regex } = job.relabel_configs.find(({ action }) => action === "keep")!;
      expect(meta[source_labels[0]]).toBe(regex);
      const named = job.relabel_configs.find(({ target_label }) => target_label === "job")!;
      expect(meta[named.source_labels[0]]).toBe(service);
    }
  });
});

describe("deploy/dashboard.json", () => {
  it("asks for series and labels that our services make, in Prometheus' grammar", () => {
    const targets = charts.flatMap((panel) => panel.targets);
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.flatMap(({ expr }) => faultsOf(expr.replaceAll("$__rate_interval", "5m")))).toEqual([]);
    for (const { expr, legendFormat } of targets) {
      const has = [...namesIn(expr.replaceAll("$__rate_interval", "5m")).labels, "job", "instance"];
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!);
      expect([expr, shown.filter((label) => !has.includes(label))]).toEqual([expr, []]);
    }
  });

  it("has panels of different ids that do not lie on each other", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Set<string>();
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      expect([title, x + w <= 24]).toEqual([title, true]);
      for (let at = 0; at < w * h; at++) {
        const cell = `${x + at % w},${y + Math.floor(at / w)}`;
        expect([title, cell, taken.has(cell)]).toEqual([title, cell, false]);
        taken.add(cell);
      }
    }
  });
});

describe("the check of expressions", () => {
  it("finds what is wrong with them", () => {
    expect(faultsOf("sum by (job) (rate(bookstream_relay_errors_total[5m])) > 0")).toEqual([]);
    expect(faultsOf("bookstream_relay_faults_total > 0").join()).toContain(
      "nobody makes bookstream_relay_faults_total",
    );
    expect(faultsOf("sum by (topic) (bookstream_dead_letters)").join()).toContain("none of its series has topic");
    expect(faultsOf('bookstream_dead_letters{kind="a"}').join()).toContain("none of its series has kind");
    expect(faultsOf("bookstream_event_loop_delay_seconds > 1").join()).toContain("nobody makes");
    expect(faultsOf("sum by (job (up)").join()).toContain("wrong at character");
  });
});
