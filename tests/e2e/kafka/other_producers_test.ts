import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Kafka, logLevel, type Message, type Producer } from "kafkajs";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready } from "@/tests/support/processes/processes.ts";

const brokers = Deno.env.get("KAFKA_BROKERS") ?? "";

/** What another team writes that has kafkajs and the docs, and nothing of this project. */
function otherTeam(prefix: string) {
  const kafka = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
  let producer: Producer | undefined;
  const attributes = (type: string, id: string) => ({ id, type, source: "/other-team", correlationid: `cor-${id}` });
  return {
    async connect() {
      await (producer = kafka.producer()).connect();
    },
    /** In binary mode: attributes in headers, data as the value. */
    binary: (type: string, id: string, key: string, data: unknown): Message => ({
      key,
      value: JSON.stringify(data),
      headers: {
        "content-type": "application/json",
        ce_specversion: "1.0",
        ...Object.fromEntries(Object.entries(attributes(type, id)).map(([name, text]) => [`ce_${name}`, text])),
      },
    }),
    /** In structured mode: the whole event as the value. */
    structured: (type: string, id: string, key: string, data: unknown): Message => ({
      key,
      value: JSON.stringify({ specversion: "1.0", ...attributes(type, id), data }),
      headers: { "content-type": "application/cloudevents+json; charset=utf-8" },
    }),
    send: (topic: string, ...messages: Message[]) => producer!.send({ topic: prefix + topic, messages }),
    /** Every answer on the topic from its beginning, as type, correlation id and key. */
    async answers(topic: string, enough: (seen: string[]) => boolean): Promise<string[]> {
      const consumer = kafka.consumer({ groupId: `${prefix}answers`, maxWaitTimeInMs: 200 });
      const seen: string[] = [];
      await consumer.connect();
      await consumer.subscribe({ topic: prefix + topic, fromBeginning: true });
      await consumer.run({
        eachMessage: ({ message: { key, headers } }) => {
          seen.push(`${headers?.ce_type} ${headers?.ce_correlationid} ${key}`);
          return Promise.resolve();
        },
      });
      await eventually(() => enough(seen)).finally(() => consumer.disconnect());
      return seen;
    },
    close: () => producer?.disconnect(),
  };
}

if (brokers !== "") {
  describe("another team's producer on Kafka", () => {
    const folder = Deno.makeTempDirSync();
    const prefix = `t${crypto.randomUUID().slice(0, 8)}.`;
    const other = otherTeam(prefix);
    let suite: Started;
    before(async () => {
      suite = await ready("suite", {
        DATA_DIR: folder,
        KAFKA_BROKERS: brokers,
        KAFKA_PREFIX: prefix,
        SAMPLE_CATALOGUE: "off",
        TREND_MIN_READERS: "1",
      });
      await other.connect();
    });
    after(async () => {
      await other.close();
      suite.signal("SIGTERM");
      expect((await suite.ended()).code).toBe(0);
      await Deno.remove(folder, { recursive: true });
    });
    const get = async (service: "web" | "trend", path: string) => await (await fetch(suite.url(service) + path)).json();

    it("adds books by commands of either mode, which search then finds", async () => {
      await other.send(
        "bookstream.catalog.commands",
        other.binary("bookstream.catalog.add-book.v1", "c1", "k1", { id: "k1", title: "Kraken Wakes" }),
        other.structured("bookstream.catalog.add-book.v1", "c2", "k2", { id: "k2", title: "Kraken Sleeps" }),
      );
      const found = await eventually(async () => {
        const { items } = await get("web", "/v1/books?q=kraken");
        return items.length === 2 && items;
      });
      expect(found.map((book: { id: string }) => book.id).sort()).toEqual(["k1", "k2"]);
    });

    it("records acts that count once, however often the command is sent", async () => {
      const act = (id: string, reader: string) =>
        other.binary("bookstream.activity.record-act.v1", id, reader, { type: "viewed", reader, book: "k1" });
      await other.send("bookstream.activity.commands", act("a1", "r1"), act("a2", "r2"), act("a1", "r1"));
      await other.send("bookstream.activity.commands", act("a3", "r3"));
      const [book] = await eventually(async () => {
        const { items } = await get("trend", "/v1/trends/books");
        return items[0]?.count >= 3 && items;
      });
      expect([book.book.id, book.count]).toEqual(["k1", 3]);
    });

    it("is told by command-rejected, with its correlation id and under its key, of a command that breaks a rule", async () => {
      await other.send(
        "bookstream.catalog.commands",
        other.binary("bookstream.catalog.add-book.v1", "c3", "k3", { id: "k3", title: "" }),
      );
      const answers = await other.answers("bookstream.catalog.events", (seen) => seen.length >= 3);
      expect(answers.sort()).toEqual([
        "bookstream.catalog.book-added.v1 cor-c1 k1",
        "bookstream.catalog.book-added.v1 cor-c2 k2",
        "bookstream.catalog.command-rejected.v1 cor-c3 k3",
      ]);
    });
  });
}
