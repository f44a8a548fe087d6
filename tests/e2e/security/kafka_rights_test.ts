import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "kafkajs";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { consumerPart } from "@/services/shared/health/readiness.ts";
import { watchedConsumer } from "@/services/shared/health/watched_consumer.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { BROKERS, type OwnTopics, ownTopics } from "@/tests/support/kafka/kafka_topic.ts";
import { type OwnServer, startOwnServer } from "@/tests/support/processes/own_server.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { consumer, viewed } from "@/tests/support/trend/trend_consumer.ts";

const TOPIC = TOPICS.activityEvents;
/** A broker that asks for rights, where somebody has given some. */
const settings = {
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "allow.everyone.if.no.acl.found": "true",
};

// The broker is one of its own; it is started where this run was given the means for one.
if (BROKERS.length > 0) {
  describe("a consumer that may not read its topic", () => {
    const folder = Deno.makeTempDirSync();
    let broker: OwnServer;
    let own: OwnTopics;
    before(async () => {
      broker = await startOwnServer("kafka", folder, { java: ["-Xmx256m"], settings });
      own = await ownTopics([TOPIC], 2, [`127.0.0.1:${broker.port}`]);
    });
    after(async () => {
      await own?.close();
      await broker?.close();
      await Deno.remove(folder, { recursive: true });
    });
    const rule = (operation: AclOperationTypes, permissionType: AclPermissionTypes) => ({
      resourceType: AclResourceTypes.TOPIC,
      resourceName: own.parts.prefix + TOPIC,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: "User:*",
      host: "*",
      operation,
      permissionType,
    });
    const all = () => rule(AclOperationTypes.ALL, AclPermissionTypes.ALLOW);
    const noRead = () => rule(AclOperationTypes.READ, AclPermissionTypes.DENY);
    const send = (from: number) =>
      own.log.append(Array.from({ length: 8 }, (_, at) => viewed(`e${from + at}`, `reader${from + at}`)));

    it("is not ready while something waits, says which partition, and goes on by itself once it may", async () => {
      const one = await consumer(own.log);
      const watched = watchedConsumer(one, { clock, logger });
      const part = consumerPart(watched, clock);
      await send(0);
      await eventually(() => one.state().handled === 8);
      await eventually(async () => (await part(false)).ok);
      await own.admin.createAcls({ acl: [all(), noRead()] });
      // Fetches that were under way before still end well.
      await eventually(async () => !(await part(false)).ok);
      await send(8);
      const detail = await eventually(async () => {
        const { ok, detail } = await part(false);
        return !ok && /cannot read|stands still|nobody/.test(detail ?? "") && detail;
      });
      expect(detail).toMatch(/bookstream\.activity\.events\/\d/);
      expect((await one.lag()).reduce((sum, { messages }) => sum + messages, 0)).toBe(8);
      const { host: _host, ...filter } = noRead();
      await own.admin.deleteAcls({ filters: [filter] });
      await eventually(() => one.state().handled === 16);
      await eventually(async () => (await part(false)).ok);
      await watched.stop();
    });
  });
}
