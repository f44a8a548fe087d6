import { basename, dirname, join } from "node:path";

/** Tells other processes and threads that a database was written, and listens for them. */
interface CommitSignal {
  notify(): void;
  close(): void;
}

/** `read`: the file was written. `hear`: a thread tells that it has written it, and its writer's name. */
type Listener = { read(): void; hear(writer: string): void };
type Folder = { watcher: Deno.FsWatcher; listeners: Map<string, Set<Listener>> };
/** A message between threads: which file was written, by which writer. */
type Written = { path: string; writer: string };

const folders = new Map<string, Folder>();
const threads = new Set<MessagePort>();
const NAME_BYTES = 36;

// The database's own files must not be watched: `Deno.watchFs` opens and closes files that appear, and closing any handle of a file
// drops the process's POSIX locks on it. Without them another process truncates SQLite's shared memory (SIGBUS).

/**
 * Each commit writes its writer's name to a file in the folder `wake` beside the database. The other processes watch that file; a
 * writer ignores its own commits.
 */
export function openCommitSignal(database: string, notice: () => void): CommitSignal {
  const path = join(dirname(database), "wake", basename(database));
  Deno.mkdirSync(dirname(path), { recursive: true });
  const file = Deno.openSync(path, { read: true, write: true, create: true });
  const writer = crypto.randomUUID();
  const [own, last] = [new TextEncoder().encode(writer), new Uint8Array(NAME_BYTES)];
  /** Who needs not be read of in the file: this writer, and those that are heard. */
  const known = new Set([writer as string]);
  const listener: Listener = {
    read() {
      // The file holds the last writer only. An earlier writer committed earlier, so one call covers both.
      if (!readLast() || !known.has(new TextDecoder().decode(last))) notice();
    },
    hear(other) {
      known.add(other);
      notice();
    },
  };
  const readLast = () => {
    try {
      file.seekSync(0, Deno.SeekMode.Start);
      return file.readSync(last) === NAME_BYTES;
    } catch {
      return false;
    }
  };
  const watched = folders.get(dirname(path)) ?? watch(dirname(path));
  const listeners = watched.listeners.get(basename(path)) ?? new Set();
  watched.listeners.set(basename(path), listeners.add(listener));
  return {
    notify() {
      try {
        file.seekSync(0, Deno.SeekMode.Start);
        file.writeSync(own);
      } catch {
        // The disk is full. The commit is stored, and other processes poll once a second.
      }
      // After the file is written: who hears this ignores the file, where it hides that others have committed before.
      for (const thread of threads) thread.postMessage({ path, writer } satisfies Written);
    },
    close() {
      file.close();
      listeners.delete(listener);
      if ([...watched.listeners.values()].some((others) => others.size > 0)) return;
      folders.delete(dirname(path));
      watched.watcher.close();
    },
  };
}

/**
 * Tells another thread of this process of commits, and hears of its own, by a port between the two: a watched file takes a
 * millisecond longer. Returns what ends it.
 */
export function linkThread(port: MessagePort): () => void {
  threads.add(port);
  port.onmessage = ({ data: { path, writer } }: MessageEvent<Written>) =>
    listenersOf(path).forEach((listener) => listener.hear(writer));
  return () => {
    threads.delete(port);
    port.close();
  };
}

const listenersOf = (path: string): Set<Listener> =>
  folders.get(dirname(path))?.listeners.get(basename(path)) ?? new Set();

function watch(folder: string): Folder {
  const opened: Folder = { watcher: Deno.watchFs(folder, { recursive: false }), listeners: new Map() };
  folders.set(folder, opened);
  follow(opened);
  return opened;
}

async function follow({ watcher, listeners }: Folder): Promise<void> {
  for await (const event of watcher) {
    if (event.kind === "access") continue;
    for (const path of event.paths) listeners.get(basename(path))?.forEach((listener) => listener.read());
  }
}
