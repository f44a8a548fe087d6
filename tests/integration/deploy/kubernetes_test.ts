import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parse, parseAllDocuments } from "yaml";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { settingsSchema } from "@/services/settings/settings.ts";
import { ROOT, text } from "@/tests/docs/pages.ts";
import { faultsOf } from "@/tests/support/deploy/kubernetes.ts";

const FOLDER = "deploy/kubernetes";
const NAMES = ["web", "trend", "recommendation"] as const;
type Name = typeof NAMES[number];

type Probe = { httpGet: { path: string; port: string } };
type Container = {
  name: Name;
  image: string;
  args: string[];
  ports: { name: string; containerPort: number }[];
  envFrom: unknown[];
  env: { name: string; value: string }[];
  securityContext: unknown;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  volumeMounts: { name: string; mountPath: string }[];
};
type Pod = {
  enableServiceLinks: boolean;
  automountServiceAccountToken: boolean;
  securityContext: { runAsNonRoot: boolean; runAsUser: number };
  containers: Container[];
  volumes: { name: string }[];
};
type Workload = {
  selector: { matchLabels: Record<string, string> };
  template: { metadata: { labels: Record<string, string> }; spec: Pod };
  volumeClaimTemplates?: { metadata: { name: string } }[];
};
type Manifest = { apiVersion: string; kind: string; metadata: { name: string }; spec: never };

const documents = (path: string): Manifest[] => parseAllDocuments(text(path)).map((document) => document.toJS());
const base = readdirSync(join(ROOT, FOLDER, "base")).filter((name) => name.endsWith(".yaml")).sort();
const listed = parse(text(`${FOLDER}/base/kustomization.yaml`)) as { resources: string[] };
const manifests = listed.resources.flatMap((name) => documents(`${FOLDER}/base/${name}`));
const scaled = documents(`${FOLDER}/keda/scaled.yaml`);
const settings = parseEnv(text(`${FOLDER}/base/settings.env`)) as Record<string, string>;

const workloads = manifests.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet").map((one) => {
  const { template, volumeClaimTemplates, selector } = one.spec as Workload;
  return {
    name: one.metadata.name,
    pod: template.spec,
    labels: template.metadata.labels,
    volumeClaimTemplates,
    selector,
  };
});
const seen = ({ env }: Container) => ({
  ...settings,
  ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
});

describe("deploy/kubernetes", () => {
  it("is what the schemas of Kubernetes and KEDA allow, without a field that they do not know", () => {
    expect(workloads.length).toBe(6);
    expect([...manifests, ...scaled].flatMap(faultsOf)).toEqual([]);
    const broken = structuredClone<unknown>(manifests.find(({ kind }) => kind === "Deployment")) as {
      kind: string;
      apiVersion: string;
      metadata: { name: string };
      spec: { replicas: unknown; template: { spec: { containers: Record<string, unknown>[] } } };
    };
    broken.spec.template.spec.containers[0]!.readynessProbe = {};
    expect(faultsOf(broken).join()).toContain("nobody knows the field spec.template.spec.containers.0.readynessProbe");
    broken.spec.replicas = "two";
    expect(faultsOf(broken).join()).toContain("spec/replicas");
  });

  it("lists every file that lies in the base", () => {
    expect([...listed.resources, "kustomization.yaml"].sort()).toEqual(base);
  });

  it("sets only settings that exist, to values that they take", () => {
    for (const { name, pod } of workloads) {
      const environment = seen(pod.containers[0]!);
      const unknown = Object.keys(environment).filter((key) => !(key in settingsSchema.shape));
      expect([name, unknown, settingsSchema.safeParse(environment).error?.issues ?? []]).toEqual([name, [], []]);
      expect(settingsSchema.parse(environment).HOST).toBe("0.0.0.0");
    }
  });

  it("gets no settings from the names of its own Services, as WEB_PORT would be", () => {
    for (const { name, pod } of workloads) expect([name, pod.enableServiceLinks]).toEqual([name, false]);
  });

  it("runs each service's task as the image's user, on a file system that cannot be written to", () => {
    const user = /^USER (\d+):/m.exec(text("Dockerfile"))?.[1];
    for (const { pod } of workloads) {
      const [container, ...others] = pod.containers;
      expect(others).toEqual([]);
      expect(NAMES).toContain(container!.name);
      expect(container!.args).toEqual(["task", container!.name]);
      expect([pod.securityContext.runAsNonRoot, String(pod.securityContext.runAsUser)]).toEqual([true, user]);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(container!.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  it("asks for the port that the service listens on, and for its paths", () => {
    for (const { pod } of workloads) {
      const { name, ports, startupProbe, livenessProbe, readinessProbe, ...container } = pod.containers[0]!;
      const port = settingsSchema.parse(seen({ name, ports, ...container } as Container))[
        `${name.toUpperCase() as Uppercase<Name>}_PORT`
      ];
      expect(ports).toEqual([{ name: "http", containerPort: port }]);
      expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual(
        ["/livez", "/livez", "/readyz"].map((path) => ({ path, port: "http" })),
      );
    }
  });

  it("gives every container memory with a limit, and mounts every volume that it declares and no other", () => {
    for (const { name, pod, volumeClaimTemplates = [] } of workloads) {
      const { resources, volumeMounts } = pod.containers[0]!;
      expect([name, Object.keys(resources.requests), Object.keys(resources.limits)]).toEqual([
        name,
        ["cpu", "memory"],
        ["memory"],
      ]);
      const volumes = [...pod.volumes.map((one) => one.name), ...volumeClaimTemplates.map((one) => one.metadata.name)];
      expect([name, volumeMounts.map((one) => one.name).sort()]).toEqual([name, volumes.sort()]);
    }
  });

  it("leads Services to pods that answer alone, and budgets to every kind of pod", () => {
    const labelled = (selector: Record<string, string>) =>
      workloads.filter(({ labels }) => Object.entries(selector).every(([label, value]) => labels[label] === value));
    const services = manifests.filter(({ kind }) => kind === "Service").map(({ metadata, spec }) => {
      const { selector, ports } = spec as { selector: Record<string, string>; ports: { port: number }[] };
      return { name: metadata.name, to: labelled(selector), port: ports[0]!.port };
    });
    expect(services.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    for (const { name, to, port } of services) {
      expect(to.map((workload) => workload.name)).toEqual([name]);
      const container = to[0]!.pod.containers[0]!;
      expect([seen(container).ROLE, container.ports[0]!.containerPort]).toEqual(["api", port]);
    }
    const web = settingsSchema.parse(seen(workloads.find(({ name }) => name === "web")!.pod.containers[0]!));
    expect([web.TREND_URL, web.RECOMMENDATION_URL]).toEqual(
      NAMES.slice(1).map((name) => `http://${name}:${services.find((one) => one.name === name)!.port}`),
    );
    const budgets = manifests.filter(({ kind }) => kind === "PodDisruptionBudget").map(({ spec }) =>
      labelled((spec as { selector: { matchLabels: Record<string, string> } }).selector.matchLabels).map(({ name }) =>
        name
      )
    );
    expect(budgets.flat().sort()).toEqual(workloads.map(({ name }) => name).sort());
    for (const { name, selector, labels } of workloads) {
      expect([name, labels]).toMatchObject([name, selector.matchLabels]);
    }
  });

  it("runs every part of each service somewhere", () => {
    const roles = Object.fromEntries(
      NAMES.map((service) => [
        service,
        workloads.map(({ pod }) => pod.containers[0]!).filter(({ name }) => name === service).map((one) =>
          seen(one).ROLE
        ),
      ]),
    );
    expect(roles).toEqual({
      web: ["api", "all"],
      trend: ["api", "consumer"],
      recommendation: ["api", "consumer"],
    });
  });

  it("scales consumers by the groups and topics that they read, to no more pods than partitions", () => {
    expect(scaled.length).toBe(2);
    for (const { spec } of scaled) {
      const { scaleTargetRef, maxReplicaCount, triggers } = spec as {
        scaleTargetRef: { name: string };
        maxReplicaCount: number;
        triggers: { type: string; metadata: Record<string, string> }[];
      };
      const target = workloads.find(({ name }) => name === scaleTargetRef.name)!.pod.containers[0]!;
      const { KAFKA_PARTITIONS, KAFKA_BROKERS, KAFKA_PREFIX } = settingsSchema.parse(seen(target));
      expect(maxReplicaCount).toBe(KAFKA_PARTITIONS);
      expect(triggers.map(({ type, metadata }) => [type, metadata.consumerGroup, metadata.bootstrapServers])).toEqual(
        triggers.map(() => ["kafka", `${KAFKA_PREFIX}${target.name}`, KAFKA_BROKERS]),
      );
      expect(triggers.map(({ metadata }) => metadata.topic).sort()).toEqual(
        ALL_TOPICS.filter((topic) => topic.endsWith(".events")).sort(),
      );
    }
  });
});
