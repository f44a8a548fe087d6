import { type AddressInfo, createServer } from "node:net";
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { faultOf } from "@/adapters/kafka/connection/reach.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Unavailable } from "@/application/faults.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";
const isOutage = (error: unknown) => faultOf(error) instanceof Unavailable;

describe("a Kafka log that is reached for the first time", () => {
  it("is an outage while nobody listens there", async () => {
    const log = openKafkaLog({ brokers: ["127.0.0.1:1"], clientId: "reach", logger, clock });
    await expect(log.id()).rejects.toThrow(Unavailable);
    await expect(log.id()).rejects.toThrow(/the log does not answer: .*ECONNREFUSED/);
    await log.close();
  });

  it("is no outage where a right or a login is refused, or a certificate is not trusted, also behind the client's retries", () => {
    const answer = (type: string) => Object.assign(new Error("no"), { type });
    const given = [answer("SASL_AUTHENTICATION_FAILED"), answer("CLUSTER_AUTHORIZATION_FAILED")];
    const untrusted = new Error("Connection error: self-signed certificate");
    for (const error of [...given, untrusted]) {
      const behind = new Error("retries exceeded", { cause: error });
      expect([error.message, isOutage(error), isOutage(behind)]).toEqual([error.message, false, false]);
    }
    const several = Object.assign(new Error("Topic creation errors"), {
      errors: [answer("TOPIC_AUTHORIZATION_FAILED")],
    });
    expect(isOutage(several)).toBe(false);
    expect(isOutage(answer("LEADER_NOT_AVAILABLE"))).toBe(true);
    expect(isOutage(new Error("Connection error: connect ECONNRESET"))).toBe(true);
  });

  it("says that TLS or a certificate may be wanted where the connection is closed without a word", async () => {
    const server = createServer((socket) =>
      void socket.on("error", () => {}).once("data", () => socket.resetAndDestroy())
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const log = openKafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: "reach", logger, clock });
    await expect(log.id()).rejects.toThrow(/^the log does not answer: .*look at KAFKA_TLS and KAFKA_CERT_FILE$/);
    await log.close();
    server.close();
  });

  if (brokers !== "") {
    it("has its topics made once it says its id", async () => {
      const prefix = `r${crypto.randomUUID().slice(0, 8)}.`;
      const parts = { brokers: brokers.split(","), clientId: "reach", prefix, logger, clock };
      const log = openKafkaLog(parts, { topics: ["t"], partitions: 3 });
      expect(await log.id()).toMatch(new RegExp(`^${prefix}@.+`));
      expect((await log.partitions(["t"])).map(({ partition }) => partition)).toEqual([0, 1, 2]);
      await log.close();
    });
  }
});
