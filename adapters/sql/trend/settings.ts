import type { TrendSettings } from "@/application/trend/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";

/** The settings that `tune` has chosen, numbered. */
export const createTrendSettings = ({ read, transaction }: Database): TrendSettings => ({
  async last() {
    const row = await read.get("SELECT number, time, setting FROM trend_setting ORDER BY number DESC LIMIT 1", []);
    if (row === undefined) return undefined;
    return { number: Number(row.number), time: Number(row.time), setting: JSON.parse(String(row.setting)) };
  },
  put: (setting, time) =>
    transaction(async ({ get, run, dialect }) => {
      const row = await get(`SELECT number FROM trend_setting ORDER BY number DESC LIMIT 1 ${dialect.forUpdate}`, []);
      const number = Number(row?.number ?? 0) + 1;
      const values = [number, time, JSON.stringify(setting)];
      await run("INSERT INTO trend_setting (number, time, setting) VALUES (?, ?, ?)", values);
      return number;
    }),
});
