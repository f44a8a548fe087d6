import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ConsumerState } from "@/application/messaging/consume.ts";
import { consumerPart, readiness } from "@/services/readiness.ts";

const WELL: ConsumerState = {
  healthy: true,
  joined: true,
  reachable: true,
  assigned: ["t/0"],
  halted: [],
  handled: 5,
  skipped: 0,
  retried: 0,
  parked: 1,
};
const part = (state: Partial<ConsumerState>) =>
  consumerPart({
    joined: Promise.resolve(),
    state: () => ({ ...WELL, ...state }),
    stop: () => Promise.resolve(),
  });

describe("readiness()", () => {
  it("a consumer that is held, has not joined, hears nothing of the log or met a gap makes the service not ready", async () => {
    expect((await readiness({ consumer: part({}) })).ready).toBe(true);
    for (const state of [{ healthy: false }, { joined: false }, { reachable: false }, { halted: ["t/0"] }]) {
      expect([state, (await readiness({ consumer: part(state) })).ready]).toEqual([state, false]);
    }
  });

  it("a part that throws is not ready and says why; the others are asked all the same", async () => {
    const gone = () => Promise.reject(new Error("gone"));
    expect(await readiness({ store: gone, relay: () => ({ ok: true }) })).toEqual({
      ready: false,
      parts: { store: { ok: false, detail: "gone" }, relay: { ok: true } },
    });
  });
});
