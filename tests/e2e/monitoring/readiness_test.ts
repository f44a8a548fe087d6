import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { samplesOf, valueOf } from "@/tests/support/monitoring/exposition.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready } from "@/tests/support/processes/processes.ts";

/** The servers' command, with servers that are the test's own. */
async function servers(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", "tools/servers/main.ts", ...args],
    env: { TMPDIR: folder },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`servers ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

// The broker is one of its own, as it is stopped; it is started where this run was given the means for one.
if ((Deno.env.get("KAFKA_BROKERS") ?? "") !== "") {
  describe("readiness on a broker that freezes", () => {
    const folder = Deno.makeTempDirSync();
    let [broker, web]: [number | undefined, Started | undefined] = [undefined, undefined];
    before(async () => {
      const settings = await servers(folder, "start", "kafka");
      broker = Number(/process (\d+)/.exec(await servers(folder, "status"))![1]);
      web = await ready("web", { DATA_DIR: folder, KAFKA_BROKERS: /^KAFKA_BROKERS=(.*)$/m.exec(settings)![1]! });
    });
    after(async () => {
      if (broker !== undefined) Deno.kill(broker, "SIGCONT");
      web?.signal("SIGTERM");
      await web?.ended();
      await servers(folder, "stop");
      await Deno.remove(folder, { recursive: true });
    });
    const asked = async (path: string) => {
      const answer = await fetch(`${web!.url()}${path}`);
      return { status: answer.status, body: await answer.text() };
    };

    it("is lost for the log alone, which metrics tell as well, and comes back by itself; the site answers all the while", async () => {
      await eventually(async () => (await asked("/readyz")).status === 200);
      Deno.kill(broker!, "SIGSTOP");
      const lost = await eventually(async () => {
        const answer = await asked("/readyz?verbose");
        return answer.status === 503 && JSON.parse(answer.body).parts;
      });
      expect([lost.log.ok, lost.store.ok]).toEqual([false, true]);
      const from = Date.now();
      const parts = samplesOf((await asked("/metrics")).body);
      expect(Date.now() - from).toBeLessThan(5_000);
      expect(valueOf(parts, "bookstream_part_ready", { part: "log" })).toBe(0);
      expect(valueOf(parts, "bookstream_part_ready", { part: "store" })).toBe(1);
      expect([(await asked("/livez")).status, (await asked("/v1/books?q=dune")).status]).toEqual([200, 200]);
      Deno.kill(broker!, "SIGCONT");
      await eventually(async () => (await asked("/readyz")).status === 200);
    });
  });
}
