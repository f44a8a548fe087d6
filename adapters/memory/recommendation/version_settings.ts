import { restoreSettings, type Settings } from "@/domain/recommendation/settings.ts";
import type { VersionSettings } from "@/application/recommendation/ports.ts";
import type { MemoryDatabase } from "@/adapters/memory/messaging/database.ts";

/** Settings by the version that they begin with. */
export function memoryVersionSettings(database: MemoryDatabase): (version: number) => VersionSettings {
  const table = database.table<{ version: number; settings: Settings }>();
  return (version) => ({
    read() {
      const own = table.stored.values().filter((row) => row.version <= version);
      const last = own.sort((a, b) => b.version - a.version)[0];
      return Promise.resolve(last === undefined ? undefined : restoreSettings(last.settings));
    },
    put: (settings) =>
      database.transaction(() => {
        table.set(String(version), { version, settings });
        return Promise.resolve();
      }),
  });
}
