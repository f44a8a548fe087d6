import { restoreSettings } from "@/domain/recommendation/settings.ts";
import type { VersionSettings } from "@/application/recommendation/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";
import { replaceBy } from "@/adapters/sql/dialect.ts";

/** Settings by the first projection version that uses them. */
export const createVersionSettings = ({ read, transaction }: Database, version: number): VersionSettings => ({
  async read() {
    const sql = "SELECT setting FROM recommendation_setting WHERE version <= ? ORDER BY version DESC LIMIT 1";
    const row = await read.get(sql, [version]);
    return row === undefined ? undefined : restoreSettings(JSON.parse(String(row.setting)));
  },
  put: (settings, time) =>
    transaction(async (statements) => {
      await statements.runRows(
        "INSERT INTO recommendation_setting (version, time, setting) VALUES ? " +
          replaceBy(statements.dialect, ["time", "setting"]),
        [[version, time, JSON.stringify(settings)]],
      );
    }),
});
