/** A store of its own for a projection: in memory, or in a file that is removed when it is closed. */
export async function openProjectionStore<Store extends { close(): Promise<void> }>(
  name: "sqlite" | "memory",
  { memory, sqlite }: { memory(): Store; sqlite(path: string): Store },
): Promise<{ store: Store; close(): Promise<void> }> {
  if (name === "memory") {
    const store = memory();
    return { store, close: () => store.close() };
  }
  const folder = await Deno.makeTempDir({ prefix: "bookstream-quality-" });
  const store = sqlite(`${folder}/projection.db`);
  return {
    store,
    async close() {
      await store.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
