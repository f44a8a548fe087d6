/**
 * The trend projection without positions and guards: the same decoding and the same fold, each partition in transactions of its
 * own, of which as many are under way as the client has at once.
 */
import { createClient } from "@/adapters/kafka/connection/client.ts";
import { messagesOf } from "@/adapters/kafka/consuming/incoming.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { trendProjection } from "@/application/trend/projection.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { consume, type Topic } from "./consume.ts";

export async function runUnguarded(settings: Record<string, string>, topic: Topic): Promise<number> {
  const store = await openAdapters(readSettings(settings, []), logger).trend();
  const sink = trendProjection.sink(store.at(1));
  const unguarded = { failed: [], before: () => Promise.resolve(), after: () => Promise.resolve() };
  const client = createClient({ brokers: topic.brokers.split(","), clientId: "bench", logger });
  const speed = await consume(client, topic, async ({ batch, heartbeat }, count) => {
    const messages = messagesOf(TOPICS.activityEvents, batch);
    for (let at = 0; at < messages.length; at += sink.maxMessages) {
      const received = messages.slice(at, at + sink.maxMessages).flatMap((message) => {
        const decoded = decode(message);
        if (!decoded.ok) return [];
        const envelope = decoded.value;
        const found = sink.classify(envelope);
        return found.kind === "handle"
          ? [{ envelope, message, time: Date.parse(envelope.time!), data: found.data }]
          : [];
      });
      await sink.handle({ ...unguarded, received });
      count(received.length);
      await heartbeat();
    }
  });
  await store.close();
  return speed;
}
