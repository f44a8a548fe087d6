import { decayedWeight } from "@/domain/trend/decay.ts";
import type { TrendPast } from "@/application/trend/ports.ts";
import { byText } from "./database.ts";
import { isOf, type TrendTables } from "./trend_stores.ts";

/** Lists of earlier moments, from the buckets. */
export const memoryTrendPast = ({ votes, buckets }: Pick<TrendTables, "votes" | "buckets">): TrendPast => ({
  candidatesAt(subject, { from, at, halfLifeMs }, skip, limit) {
    const rows = buckets.stored.values().filter((row) =>
      row.subject === subject && row.start > from && row.start <= at
    );
    const masses = [...Map.groupBy(rows, ({ key }) => key)].map(([key, own]) => ({
      key,
      mass: decayedWeight(own, halfLifeMs, at),
    }));
    masses.sort((a, b) => b.mass - a.mass || byText(a.key, b.key));
    return Promise.resolve(masses.slice(skip, skip + limit).map(({ key }) => key));
  },
  readers(subject, keys, from, to) {
    const own = votes.stored.values().filter(({ time }) => time > from && time <= to)
      .filter((vote) => keys.some((key) => isOf(vote, subject, key)));
    return Promise.resolve(new Set(own.map(({ reader }) => reader)).size);
  },
  busy(subject, from, most) {
    const recent = buckets.stored.values().filter((row) => row.subject === subject && row.start >= from);
    return Promise.resolve(Math.min(most, recent.length));
  },
});
