import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { ROOT, text } from "@/tests/docs/pages.ts";

/** What a tool says of our files; why not, where the machine does not have it. */
async function says(tool: string, args: string[]): Promise<{ success: boolean; said: string } | string> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(tool, { args, cwd: join(ROOT, "deploy") }).output();
    return { success, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } catch (error) {
    return `no ${tool} here: ${error instanceof Error ? error.name : String(error)}`;
  }
}

const promtool = await says("promtool", ["--version"]);
if (typeof promtool === "string") console.log(`left out: alert rules by Prometheus' own tool (${promtool})`);

const kubectl = await says("kubectl", ["kustomize", "--help"]);
if (typeof kubectl === "string") console.log(`left out: the manifests by kustomize (${kubectl})`);

/** Fails with what the tool says. */
async function accepted(tool: string, args: string[]): Promise<string> {
  const found = await says(tool, args);
  if (typeof found === "string" || !found.success) throw new Error(typeof found === "string" ? found : found.said);
  return found.said;
}

describe("promtool", { skip: typeof promtool === "string" }, () => {
  it("accepts the scrape configuration and the alert rules", async () => {
    expect(await accepted("promtool", ["check", "config", "prometheus.yaml"])).toContain("SUCCESS");
    expect(await accepted("promtool", ["check", "rules", "alerts.yaml"])).toContain("SUCCESS");
  });

  it("lets alerts fire when they should, and not otherwise", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "alerts.yaml"), text("deploy/alerts.yaml"));
    await Deno.writeTextFile(join(folder, "fire.yaml"), text("tests/support/monitoring/alerts_fire.yaml"));
    expect(await accepted("promtool", ["test", "rules", join(folder, "fire.yaml")])).toContain("SUCCESS");
    await Deno.remove(folder, { recursive: true });
  });
});

describe("kubectl kustomize", { skip: typeof kubectl === "string" }, () => {
  it("builds the base, and consumers whose number KEDA says", async () => {
    const base = await accepted("kubectl", ["kustomize", "kubernetes/base"]);
    const scaled = await accepted("kubectl", ["kustomize", "kubernetes/keda"]);
    const count = (of: string, said: RegExp) => [...of.matchAll(said)].length;
    expect([count(base, /^kind: (Deployment|StatefulSet)$/gm), count(base, /^ {2}replicas: /gm)]).toEqual([6, 6]);
    expect([count(scaled, /^kind: ScaledObject$/gm), count(scaled, /^ {2}replicas: /gm)]).toEqual([2, 4]);
    // Settings are a map whose name changes with them.
    const [name] = /settings-\w+/.exec(base) ?? [];
    expect(count(base, new RegExp(`^ +name: ${name}$`, "gm"))).toBe(7);
  });
});
