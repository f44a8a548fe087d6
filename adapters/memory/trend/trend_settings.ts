import type { TrendSetting, TrendSettings } from "@/application/trend/ports.ts";
import type { MemoryDatabase } from "@/adapters/memory/messaging/database.ts";

/** The settings that `tune` has chosen. */
export function memoryTrendSettings(database: MemoryDatabase): TrendSettings {
  const table = database.table<{ number: number; time: number; setting: TrendSetting }>();
  return {
    last: () => Promise.resolve(table.stored.values().at(-1)),
    put: (setting, time) =>
      database.transaction(() => {
        const number = table.values().length + 1;
        table.set(String(number), { number, time, setting });
        return Promise.resolve(number);
      }),
  };
}
