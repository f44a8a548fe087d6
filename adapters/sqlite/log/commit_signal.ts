import { basename, dirname, join } from "node:path";

/** Notifies other processes of commits to a database, and listens for theirs. */
interface CommitSignal {
  notify(): void;
  close(): void;
}

type Folder = { watcher: Deno.FsWatcher; listeners: Map<string, Set<() => void>> };
const folders = new Map<string, Folder>();
const NAME_BYTES = 16;

// The database's own files must not be watched: `Deno.watchFs` opens and closes files that appear, and closing any handle of a file
// drops the process's POSIX locks on it. Without them another process truncates SQLite's shared memory (SIGBUS).

/**
 * Opens the commit signal of a database. Each commit writes its process's id to a file in the folder `wake` beside the database.
 * The other processes watch that file. A process ignores its own commits.
 */
export function openCommitSignal(path: string, listener: () => void): CommitSignal {
  const folder = join(dirname(path), "wake");
  Deno.mkdirSync(folder, { recursive: true });
  const name = basename(path);
  const file = Deno.openSync(join(folder, name), { read: true, write: true, create: true });
  const own = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  const last = new Uint8Array(NAME_BYTES);
  const onWrite = () => {
    // The file holds the last writer only. An earlier writer committed earlier, so one call covers both.
    if (!readLast() || last.some((byte, at) => byte !== own[at])) listener();
  };
  const readLast = () => {
    try {
      file.seekSync(0, Deno.SeekMode.Start);
      return file.readSync(last) === NAME_BYTES;
    } catch {
      return false;
    }
  };
  const watched = folders.get(folder) ?? watch(folder);
  const listeners = watched.listeners.get(name) ?? new Set();
  watched.listeners.set(name, listeners.add(onWrite));
  return {
    notify() {
      try {
        file.seekSync(0, Deno.SeekMode.Start);
        file.writeSync(own);
      } catch {
        // The disk is full. The commit is stored, and other processes poll once a second.
      }
    },
    close() {
      file.close();
      listeners.delete(onWrite);
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
