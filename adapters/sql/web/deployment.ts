import type { DeploymentValues } from "@/application/storefront/ports.ts";
import type { Database } from "@/adapters/sql/database.ts";

/** Values that all processes of a deployment share. */
export function createDeploymentValues({ read, transaction }: Database): DeploymentValues {
  const get = async (name: string) => {
    const row = await read.get("SELECT value FROM deployment WHERE name = ?", [name]);
    return row === undefined ? undefined : String(row.value);
  };
  return {
    get,
    async agreeOn(name, value) {
      await transaction(({ dialect, run }) =>
        run(`INSERT INTO deployment (name, value) VALUES (?, ?) ${dialect.ignore("name")}`, [name, value])
      );
      return (await get(name))!;
    },
  };
}
