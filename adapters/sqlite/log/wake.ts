import { basename, dirname, join } from "node:path";

/** Tells other processes that a database was written, and listens for them. */
interface Wake {
  ring(): void;
  close(): void;
}

type Folder = { watcher: Deno.FsWatcher; listeners: Map<string, Set<() => void>> };
const folders = new Map<string, Folder>();
const NAME_BYTES = 16;

/**
 * Every process watches a file in the folder `wake` beside the database, which is written after each commit. The file names the one
 * who wrote last, who does not hear its own.
 *
 * The database's own files must not be watched. `Deno.watchFs` opens and closes files that appear, and closing any handle of a
 * file drops the process's POSIX locks on it. SQLite needs these: another process would truncate its shared memory (SIGBUS).
 */
export function openWake(path: string, listener: () => void): Wake {
  const folder = join(dirname(path), "wake");
  Deno.mkdirSync(folder, { recursive: true });
  const name = basename(path);
  const bell = Deno.openSync(join(folder, name), { read: true, write: true, create: true });
  const own = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  const last = new Uint8Array(NAME_BYTES);
  const hear = () => {
    // Who wrote before the last one had committed before, so that a listener that is told of its own commit sees both.
    if (!readLast() || last.some((byte, at) => byte !== own[at])) listener();
  };
  const readLast = () => {
    try {
      bell.seekSync(0, Deno.SeekMode.Start);
      return bell.readSync(last) === NAME_BYTES;
    } catch {
      return false;
    }
  };
  const watched = folders.get(folder) ?? watch(folder);
  const listeners = watched.listeners.get(name) ?? new Set();
  watched.listeners.set(name, listeners.add(hear));
  return {
    ring() {
      try {
        bell.seekSync(0, Deno.SeekMode.Start);
        bell.writeSync(own);
      } catch {
        // The disk is full. The commit is stored all the same, and others look again within a second.
      }
    },
    close() {
      bell.close();
      listeners.delete(hear);
      if ([...watched.listeners.values()].some((others) => others.size > 0)) return;
      folders.delete(folder);
      watched.watcher.close();
    },
  };
}

function watch(folder: string): Folder {
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
