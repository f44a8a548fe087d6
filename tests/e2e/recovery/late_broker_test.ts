import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createProxy, type Proxy } from "@/tests/faults/world/proxy.ts";
import { createRandom } from "@/application/shared/random.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, ready, type Service, start } from "@/tests/support/processes/processes.ts";

const TOKEN = "token-of-the-late-broker";
const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

/** A port that nobody has just now. */
function freePort(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return String(listener.addr.port);
}

const post = async (url: string, body: unknown) => {
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
  await response.body?.cancel();
  return response.status;
};
const viewed = (id: string) => ({ id, type: "viewed", reader: id, book: "b1" });
const readiness = async (url: string) => {
  const response = await fetch(`${url}/readyz?verbose`);
  return { status: response.status, parts: (await response.json()).parts };
};

if (brokers !== "") {
  describe("services whose broker is not there", () => {
    let proxy: Proxy;
    let env: Record<string, string>;
    const running: Started[] = [];
    const folders: string[] = [];

    /** Settings with a store and topics of their own, over a broker that may be kept away. */
    const fresh = (fault: Parameters<Proxy["set"]>[0]) => {
      proxy.heal();
      proxy.set(fault);
      folders.push(Deno.makeTempDirSync());
      const KAFKA_PREFIX = `l${crypto.randomUUID().slice(0, 8)}.`;
      // The broker says that it is at its own port, not at the proxy's.
      const kafka = { KAFKA_BROKERS: `127.0.0.1:${proxy.port}`, KAFKA_ADVERTISED: brokers, KAFKA_PREFIX };
      const common = { ...kafka, ADMIN_TOKEN: TOKEN };
      env = { ...common, DATA_DIR: folders.at(-1)!, TREND_MIN_READERS: "1" };
    };
    /**
     * Starts a service and waits until it answers; where. Its port is chosen here, as a service says which one it has only
     * once the broker has answered; where somebody else was quicker to take it, another one is tried.
     */
    async function up(service: Service): Promise<{ process: Started; url: string }> {
      for (;;) {
        const port = freePort();
        const process = start(service, { ...env, [`${service.toUpperCase()}_PORT`]: port });
        running.push(process);
        const url = `http://127.0.0.1:${port}`;
        const answers = () => fetch(`${url}/livez`).then(async (one) => (await one.text()) !== "");
        await eventually(async () => process.isOver() || await answers());
        if (!process.isOver()) return { process, url };
        expect(process.err()).toContain("the port is in use");
      }
    }

    before(async () => {
      proxy = await createProxy(createRandom(1));
      proxy.target(Number(brokers.split(",")[0]!.split(":")[1]));
    });
    afterEach(() => killAll(running.splice(0)));
    after(async () => {
      await proxy.close();
      for (const folder of folders) await Deno.remove(folder, { recursive: true });
    });

    it("serve, take what is written and say that they are not ready; all of it is delivered once the broker is there", async () => {
      fresh({ refuse: true });
      // A process that only answers needs no broker, and says that it is ready.
      const api = await ready("web", { ...env, ROLE: "api" });
      running.push(api);
      const [web, trend] = [await up("web"), await up("trend")];
      expect(await post(`${api.url()}/v1/books`, { id: "b1", title: "Dune" })).toBe(201);
      expect(await post(`${api.url()}/v1/events`, [viewed("e1")])).toBe(202);
      expect(await post(`${web.url}/v1/events`, [viewed("e2")])).toBe(202);
      expect((await readiness(api.url())).status).toBe(200);
      for (const { process, url } of [web, trend]) {
        const { status, parts } = await readiness(url);
        expect([status, parts.log.ok, parts.store.ok]).toEqual([503, false, true]);
        expect(parts.log.detail).toMatch(/the log does not answer/);
        await eventually(() => process.err().includes("log-awaited"));
        expect(process.err().match(/"event":"log-awaited"/g)).toHaveLength(1);
        expect(process.out()).toBe("");
      }
      proxy.heal();
      for (const { process, url } of [web, trend]) {
        await eventually(async () => (await readiness(url)).status === 200);
        await eventually(() => process.out().includes("is ready at"));
      }
      await eventually(async () => {
        const { items } = await fetch(`${trend.url}/v1/trends/books`).then((one) => one.json());
        return items[0]?.readers === 2;
      });
    });

    for (
      const [what, fault] of [["refuses", { refuse: true }], ["hangs", { stall: { up: true, down: true } }]] as const
    ) {
      it(`end within two seconds of a signal while it ${what}`, async () => {
        fresh(fault);
        const [web, trend] = [await up("web"), await up("trend")];
        expect(await post(`${web.url}/v1/books`, { id: "b1", title: "Dune" })).toBe(201);
        for (const { process } of [web, trend]) {
          process.signal("SIGTERM");
          const { code, tookMs } = await process.ended();
          expect([code, tookMs < 2_000]).toEqual([0, true]);
        }
      });
    }

    it("end with status 1 and say why when it is there and refuses the login, or has another log than the store has read", async () => {
      fresh({});
      const login = {
        KAFKA_SASL: "plain",
        KAFKA_PLAIN_WITHOUT_TLS: "on",
        KAFKA_USERNAME: "u",
        KAFKA_PASSWORD: "p",
      };
      const relay = start("web", { ...env, ...login, ROLE: "relay" });
      const consumer = start("trend", { ...env, ...login, ROLE: "consumer" });
      // The store has read the embedded log before.
      const embedded = await ready("trend", { ...env, KAFKA_BROKERS: "" });
      embedded.signal("SIGTERM");
      expect((await embedded.ended()).code).toBe(0);
      proxy.set({ refuse: true });
      const other = await up("trend");
      proxy.heal();
      for (
        const [process, says] of [
          [relay, /^bookstream: the event log cannot be opened: .*SASL/m],
          [consumer, /^bookstream: the event log cannot be opened: .*SASL/m],
          [other.process, /^bookstream: the store of trend has read log .*, but the log here is/m],
        ] as const
      ) {
        await eventually(() => process.isOver());
        expect([(await process.ended()).code, process.err()]).toEqual([1, expect.stringMatching(says)]);
        expect(process.err()).not.toMatch(/^\s+at /m);
      }
    });
  });
}
