import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import fetchRequests from "kafkajs/fetch";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { patchDecoder } from "@/adapters/kafka/kafkajs_patches/own_decoder.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { followTopic } from "@/tests/support/kafka/follow_topic.ts";
import { message, silent } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

type Requests = {
  protocol(of: unknown): (asked: unknown) => { response: { decode(bytes: unknown): Promise<unknown> } };
};

if (brokers !== "") {
  describe("a member whose client ends after each join", () => {
    const joins: number[] = [];
    const parts = {
      brokers: brokers.split(","),
      clientId: "loop",
      prefix: `l${crypto.randomUUID().slice(0, 8)}.`,
      logger: { ...silent, info: (event: string) => void (event === "group-joined" && joins.push(Date.now())) },
      clock,
    };
    const log = openKafkaLog(parts);
    const requests = fetchRequests as Requests;
    let original: Requests["protocol"];
    let isBroken = false;
    before(async () => {
      patchDecoder();
      original = requests.protocol;
      requests.protocol = (of) => (asked) => {
        const made = original(of)(asked);
        const broken = () => Promise.reject(new RangeError("something inside the client"));
        return isBroken ? { ...made, response: { ...made.response, decode: broken } } : made;
      };
      await ensureTopics(parts, ["t"], { partitions: 1 });
    });
    after(async () => {
      requests.protocol = original;
      await log.close();
    });

    it("says so for as long, tries again after pauses that grow, and goes on once that is over", async () => {
      await log.append([message("t", "k", "1")]);
      const read = followTopic(log, "t");
      await read.until(1);
      expect(read.state().failing).toBe(undefined);
      isBroken = true;
      await log.append([message("t", "k", "2")]);
      const begun = Date.now();
      await eventually(() => read.state().failing);
      expect(read.state().failing).toMatch(/its client has ended \d times .* something inside the client/);
      while (Date.now() - begun < 8_000) {
        expect(read.state().failing).toBeDefined();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const looped = joins.filter((at) => at > begun);
      expect(looped.length).toBeGreaterThan(2);
      // Without pauses that grow there were some hundred.
      expect(looped.length).toBeLessThan(12);
      isBroken = false;
      expect(await read.until(2)).toEqual(["1", "2"]);
      await eventually(() => read.state().failing === undefined);
      await read.stop();
    });
  });
}
