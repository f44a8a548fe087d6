/** How fast acts come in over HTTP and are counted in both projections. */
import { acts } from "@/bench/acts.ts";
import { secondsOf, serverPid } from "@/bench/process_seconds.ts";
import { besideKafkajs, showShares } from "@/bench/bare/beside.ts";
import { perSecond, type Report, showRate, until } from "@/bench/report.ts";
import { handled } from "./handled.ts";
import { post } from "./post.ts";
import type { Shop } from "./processes.ts";
import { secondsUsed, waitForRest } from "./processor_time.ts";

const BATCH = 500;
const CLIENTS = 2;
const WARM_UP = 10_000;

export async function measurePipeline(shop: Shop, report: Report, events: number): Promise<void> {
  const { brokers, run } = shop;
  const baseline = { work: "produce" as const, brokers, topic: `bare${run}`, messages: events, warmUp: WARM_UP };
  const { result: visible, bare } = await besideKafkajs(baseline, report, () => send(shop, report, events));
  report.say(`visible in both: ${showShares(visible, bare)}`);
}

/** Events a second that are visible in both projections. */
async function send({ url, urlOf, running }: Shop, report: Report, events: number): Promise<number> {
  const all = acts(events);
  const consumers = [urlOf("trend"), urlOf("recommendation")];
  const countAll = () => Promise.all(consumers.map(handled));
  await waitForRest(running);
  const server = await serverPid(url);
  const useOfAll =
    async () => [...await secondsUsed(running), ...(server === undefined ? [] : [await secondsOf(server)])];
  const names = [...running.keys(), ...(server === undefined ? [] : ["server"])];
  const [before, used] = [await countAll(), await useOfAll()];
  const from = performance.now();
  let next = 0;
  const client = async () => {
    while (next < events) await post(urlOf("web"), all.slice(next, next += BATCH));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const accepted = perSecond(events, performance.now() - from);
  await until(async () => (await countAll()).every((count, at) => count - before[at]! >= events), 100);
  const visible = perSecond(events, performance.now() - from);

  report.keep("accepted", accepted, "1/s");
  report.keep("visible", visible, "1/s");
  report.say(
    `HTTP batches → outbox → Kafka → both projections: accepted ${showRate(accepted)}, visible in both ${
      showRate(visible)
    }`,
  );
  const show = (until: string, now: number[]) => {
    const each = names.map((name, at) => {
      const cpuUs = (now[at]! - used[at]!) / events * 1e6;
      report.keep(`processor_per_event_${name}${until}`, cpuUs, "us");
      return `${name} ${cpuUs.toFixed(0)} µs`;
    });
    return each.join(", ");
  };
  report.say(`processor time an event until then: ${show("", await useOfAll())}`);
  await waitForRest(running);
  report.say(`processor time an event until all is at rest: ${show("_drained", await useOfAll())}`);
  return visible;
}
