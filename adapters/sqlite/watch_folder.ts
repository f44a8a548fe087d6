import { basename } from "node:path";

type Folder = { watcher: Deno.FsWatcher; listeners: Map<string, Set<() => void>> };
const folders = new Map<string, Folder>();

/** Calls the listener when another process (or this one) writes the file; returns how to stop. One watcher per folder. */
export function watchFolder(folder: string, file: string, listener: () => void): () => void {
  const watched = folders.get(folder) ?? open(folder);
  const listeners = watched.listeners.get(file) ?? new Set();
  watched.listeners.set(file, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if ([...watched.listeners.values()].some((left) => left.size > 0)) return;
    folders.delete(folder);
    watched.watcher.close();
  };
}

function open(folder: string): Folder {
  const opened: Folder = { watcher: Deno.watchFs(folder, { recursive: false }), listeners: new Map() };
  folders.set(folder, opened);
  follow(opened);
  return opened;
}

async function follow({ watcher, listeners }: Folder): Promise<void> {
  for await (const event of watcher) {
    if (event.kind === "access") continue;
    for (const path of event.paths) listeners.get(basename(path))?.forEach((listener) => listener());
  }
}
