import { wholeMass } from "@/domain/trend/decay.ts";
import type { TrendPast } from "@/application/trend/ports.ts";
import type { Act } from "@/domain/trend/replay.ts";
import { byText } from "@/adapters/memory/messaging/database.ts";
import { isOf, type TrendTables } from "./trend_stores.ts";

/** Lists of earlier moments, from the buckets. */
export const memoryTrendPast = ({ votes, buckets }: Pick<TrendTables, "votes" | "buckets">): TrendPast => ({
  candidatesAt(subject, { from, at, halfLifeMs }, limit) {
    const rows = buckets.stored.values().filter((row) =>
      row.subject === subject && row.start > from && row.start <= at
    );
    const masses = [...Map.groupBy(rows, ({ key }) => key)].map(([key, own]) => ({
      key,
      mass: own.reduce((sum, { start, weight }) => sum + wholeMass(weight, at - start, halfLifeMs), 0),
    }));
    masses.sort((a, b) => b.mass - a.mass || byText(a.key, b.key));
    return Promise.resolve(masses.slice(0, limit).map(({ key }) => key));
  },
  readers(subject, keys, from, to) {
    const own = votes.stored.values().filter(({ time }) => time > from && time <= to)
      .filter((vote) => keys.some((key) => isOf(vote, subject, key)));
    return Promise.resolve(new Set(own.map(({ reader }) => reader)));
  },
  acts(subject, before, limit) {
    const own = buckets.stored.values().filter((row) => row.subject === subject);
    const acts = [...Map.groupBy(own, ({ key, start }) => `${start} ${key}`).values()].map((rows): Act => ({
      key: rows[0]!.key,
      start: rows[0]!.start,
      count: rows.reduce((sum, { kind, count }) => sum + (kind === "found" ? 0 : count), 0),
      weight: rows.reduce((sum, { weight }) => sum + weight, 0),
    }));
    acts.sort((a, b) => b.start - a.start || byText(b.key, a.key));
    const isOlder = ({ key, start }: Act) =>
      before === undefined || start < before.start || start === before.start && byText(key, before.key) < 0;
    return Promise.resolve(acts.filter(isOlder).slice(0, limit));
  },
  busy(subject, from, most) {
    const recent = buckets.stored.values().filter((row) => row.subject === subject && row.start >= from);
    return Promise.resolve(Math.min(most, recent.length));
  },
});
