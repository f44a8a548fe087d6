import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Live } from "@/application/messaging/rebuild/ports.ts";
import type { Store } from "@/application/ports.ts";

/** A projection's store, whose rows belong to versions. `at` returns the ports of one version. */
export type ProjectionStore<Version> = Store & {
  live(): Promise<Live>;
  /** Returns when a move filled the store, if one did. The log has no messages from before that. */
  movedAt(): Promise<number | undefined>;
  at(version: number): Version;
  deadLetters: DeadLetterReader;
  leases: Leases;
};

/** The marks of erased readers. They belong to no version, so that neither a replay nor a rebuild brings a reader back. */
export interface ErasedMarks extends EphemeralMarks {
  has(readers: string[]): Promise<Set<string>>;
}

/** Marks that expire unless they are kept. */
export interface EphemeralMarks {
  /** Adds a mark that expires. An existing mark stays unchanged. */
  add(reader: string, time: number): Promise<void>;
  /** Makes a mark permanent. */
  keep(reader: string): Promise<void>;
  /** Removes marks from before a time that are not permanent, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}
