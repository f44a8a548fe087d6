import { it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { eventually } from "@/tests/support/eventually.ts";
import { message, text } from "@/tests/support/samples.ts";
import { follow, fresh, type LogUnderTest } from "./log_under_test.ts";

/** What an event log promises where messages are gone, or cannot be read. */
export function gapRules(made: () => LogUnderTest): void {
  it("says how far back it reaches: where each partition begins, since when, and whether anything is lost", async () => {
    const { topic, group } = fresh();
    const earliest = Date.now();
    await made().log.append([message(topic, "same", "first")]);
    const latest = Date.now();
    for (let at = 0; at < 6; at++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await made().log.append([message(topic, "same", String(at))]);
    }
    const { seen, consumer } = follow(made().log, group, topic);
    await eventually(() => seen.length === 7);
    await consumer.stop();
    const { partition, position } = seen[0]!;
    const own = { topic, partition };
    const before = await made().other.partitions([topic]);
    expect(before.length).toBe(4);
    expect(before.every(({ whole }) => whole)).toBe(true);
    expect(before.find((one) => one.partition === partition)!.first).toBe(position);
    expect(await made().log.begins([own])).toBe(seen[0]!.timestamp);
    expect(seen[0]!.timestamp).toBeGreaterThan(earliest - 5_000);
    expect(seen[0]!.timestamp).toBeLessThan(latest + 5_000);
    expect(await made().log.begins([own, { topic, partition: (partition + 1) % 4 }])).toBe(Infinity);

    await made().truncate(topic, partition, seen[3]!.position);
    const after = await made().other.partitions([topic]);
    expect(after.filter(({ whole }) => !whole)).toEqual([{ ...own, first: seen[3]!.position, whole: false }]);
    expect(await made().other.begins([own])).toBe(seen[3]!.timestamp);
    const places = [seen[2]!.position, seen[3]!.position, seen[6]!.next, String(Number(seen[6]!.position) + 2)];
    expect(await made().log.has(places.map((next) => ({ ...own, next })))).toEqual([false, true, true, false]);
    expect(await made().log.lag([{ ...own, next: undefined }, { ...own, next: seen[0]!.position }])).toEqual([4, 4]);
    const read = follow(made().other, `${group}-after`, topic);
    await eventually(() => read.seen.length === 4);
    expect(read.values()).toEqual(["2", "3", "4", "5"]);
    await read.consumer.stop();

    const behind = String(Number(seen[6]!.position) + 1);
    await made().truncate(topic, partition, behind);
    const end = (await made().log.partitions([topic])).find((one) => one.partition === partition);
    expect(end).toEqual({ ...own, first: behind, whole: false });
    expect(await made().log.begins([own])).toBe(Infinity);
  });

  it("stops a reader whose next message is gone, and says where", async () => {
    const { topic, group } = fresh();
    for (let at = 0; at < 5; at++) await made().log.append([message(topic, "same", String(at))]);
    const first = follow(made().log, group, topic);
    await eventually(() => first.seen.length === 5);
    await first.consumer.stop();
    const { partition, position } = first.seen[1]!;
    await made().truncate(topic, partition, first.seen[3]!.position);
    const name = `${topic}/${partition}`;
    const second = follow(made().other, group, topic, { from: new Map([[name, position]]) });
    await eventually(() => second.consumer.state().halted.includes(name));
    expect(second.seen).toEqual([]);
    await second.consumer.stop();
  });

  it("stops a reader where nothing can be read, in that partition alone, and lets it go on from behind that", async () => {
    const { topic, group } = fresh();
    const others = ["a", "b", "c", "d", "e", "f"].map((key) => message(topic, key, "other"));
    await made().log.append([message(topic, "same", "1")].concat(others));
    const { seen, values, positions, consumer } = follow(made().log, group, topic);
    await eventually(() => seen.length === 7);
    const { partition } = seen.find(({ key }) => text(key) === "same")!;
    const name = `${topic}/${partition}`;
    await made().log.append([message(topic, "same", "2")]);
    await made().addUnreadable(topic, partition);
    await made().log.append([message(topic, "same", "3")].concat(others));
    await eventually(() => consumer.state().stuck.length > 0);
    const elsewhere = others.filter(({ key }) =>
      seen.find((one) => text(one.key) === text(key))!.partition !== partition
    );
    expect(elsewhere.length).toBeGreaterThan(0);
    await eventually(() => values().filter((value) => value === "other").length >= 6 + elsewhere.length);
    await eventually(() => values().includes("2"));
    expect(values()).not.toContain("3");

    const [stuck] = consumer.state().stuck;
    expect(stuck!.name).toBe(name);
    expect(stuck!.remedy).toBe(`deno task dead-letters park ${name}@${stuck!.position} parks it`);
    const next = positions.get(name);
    const record = await made().other.unreadableAt({ topic, partition, next });
    expect(record).toMatchObject({ position: stuck!.position, reason: stuck!.reason });
    expect(record!.value!.length).toBeGreaterThan(0);
    const readable = [...positions].filter(([one]) => one !== name).map(([one, next]) => (
      { topic, partition: Number(one.slice(topic.length + 1)), next }
    ));
    for (const cursor of readable) expect(await made().log.unreadableAt(cursor)).toBe(undefined);

    positions.set(name, record!.next!);
    await eventually(() => values().includes("3"), 20_000);
    expect(consumer.state().stuck).toEqual([]);
    expect(values().filter((value) => value !== "other")).toEqual(["1", "2", "3"]);
    await consumer.stop();
  });
}
