import type { Random } from "@/application/shared/random.ts";
import type { DiskRecord } from "./records.ts";

type Change = Extract<DiskRecord, { kind: "write" | "truncate" }>;
type Naming = Extract<DiskRecord, { kind: "create" | "rename" | "remove" }>;

const SECTOR_BYTES = 512;

/** A file's bytes: what is on the disk for sure, and what has been written since. */
class File {
  #bytes = new Uint8Array(0);
  #length = 0;
  pending: Change[] = [];

  sync(): void {
    for (const change of this.pending) this.#apply(change);
    this.pending = [];
  }

  /** The bytes as they are when only these of the pending changes have reached the disk. */
  with(kept: Change[]): Uint8Array {
    const file = new File();
    file.#bytes = this.#bytes.slice(0, this.#length);
    file.#length = this.#length;
    for (const change of kept) file.#apply(change);
    return file.#bytes.subarray(0, file.#length);
  }

  #apply(change: Change): void {
    const end = change.kind === "write" ? change.offset + change.data.length : change.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    if (change.kind === "truncate") {
      this.#bytes.fill(0, change.length, this.#length);
      this.#length = change.length;
    } else {
      this.#bytes.set(change.data, change.offset);
      this.#length = Math.max(this.#length, end);
    }
  }
}

/**
 * A disk that keeps for sure only what was synchronised. Of a file's later writes a power cut leaves any, and the last of them torn
 * between two sectors. Names are kept in their order, all of them once anything is synchronised, as a journal does.
 */
export class PowerDisk {
  #durable = new Map<string, File>();
  #names = new Map<string, File>();
  #namings: Naming[] = [];

  apply(record: DiskRecord): void {
    if (record.kind === "create" || record.kind === "rename" || record.kind === "remove") {
      if (record.kind === "create" && this.#names.has(record.name)) return;
      const made = rename(this.#names, record);
      this.#namings.push(record);
      if (made !== undefined) this.#made.set(record, made);
      return;
    }
    const file = this.#names.get(record.name);
    // The name of what was removed while it was open ends with " (deleted)".
    if (file === undefined) return;
    if (record.kind !== "sync") {
      file.pending.push(record);
      return;
    }
    file.sync();
    this.#durable = new Map(this.#names);
    this.#namings = [];
    this.#made.clear();
  }
  /** The files that namings which are not durable yet have made. */
  readonly #made = new Map<Naming, File>();

  /** What a power cut just now leaves. The disk itself goes on. */
  cut(random: Random): Map<string, Uint8Array> {
    const names = new Map(this.#durable);
    for (const naming of this.#namings.slice(0, random.int(0, this.#namings.length))) {
      rename(names, naming, this.#made.get(naming));
    }
    return new Map([...names].map(([name, file]) => [name, file.with(keptOf(file.pending, random))]));
  }
}

function rename(names: Map<string, File>, naming: Naming, file = names.get(naming.name)): File | undefined {
  if (naming.kind === "create") {
    const made = file ?? new File();
    names.set(naming.name, made);
    return made;
  }
  names.delete(naming.name);
  if (naming.kind === "rename" && file !== undefined) names.set(naming.to, file);
  return undefined;
}

function keptOf(pending: Change[], random: Random): Change[] {
  const how = random.pick(["none", "all", "first", "any"] as const);
  const upTo = random.int(0, pending.length);
  const kept = pending.filter((_, at) =>
    how === "all" || (how === "first" && at < upTo) || (how === "any" && random.chance(0.5))
  );
  const last = kept.at(-1);
  if (last?.kind !== "write" || random.chance(0.3)) return kept;
  const whole = random.int(0, Math.floor(last.data.length / SECTOR_BYTES)) * SECTOR_BYTES;
  return [...kept.slice(0, -1), { ...last, data: last.data.subarray(0, whole) }];
}
