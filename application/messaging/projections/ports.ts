import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Live } from "@/application/messaging/rebuild/ports.ts";
import type { Store } from "@/application/ports.ts";

/** A store of a projection, whose rows belong to versions. `at` returns the ports of one version. */
export type ProjectionStore<Version> = Store & {
  live(): Promise<Live>;
  /** When it was filled from elsewhere than this log, if it was. The log has no messages from before. */
  movedAt(): Promise<number | undefined>;
  at(version: number): Version;
  deadLetters: DeadLetterReader;
  leases: Leases;
};

/** Marks of erased readers. They outlive every version, so that nothing brings a reader back. */
export interface ErasedMarks extends EphemeralMarks {
  has(readers: string[]): Promise<Set<string>>;
}

/** Marks that go after a time, unless they are kept. */
export interface EphemeralMarks {
  /** Sets a mark that is removed after a time. An existing mark stays as it is. */
  add(reader: string, time: number): Promise<void>;
  /** Makes a mark stay for good. */
  keep(reader: string): Promise<void>;
  /** Removes marks from before a time that are not kept, at most `most`. Returns how many. */
  purge(before: number, most: number): Promise<number>;
}
