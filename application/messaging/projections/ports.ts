import type { DeadLetterReader } from "@/application/messaging/dead_letters/ports.ts";
import type { Leases } from "@/application/messaging/leases/ports.ts";
import type { Live } from "@/application/messaging/rebuild/ports.ts";
import type { Store } from "@/application/ports.ts";

/** A store of a projection, whose rows belong to versions. `at` has the ports of one of them. */
export type ProjectionStore<Version> = Store & {
  live(): Promise<Live>;
  /** When it was filled from somewhere else than the log (ms), if it was: what came before has never been in this log. */
  movedAt(): Promise<number | undefined>;
  at(version: number): Version;
  deadLetters: DeadLetterReader;
  leases: Leases;
};

/** Marks of erased readers, which outlive every version, so that nothing brings the readers back. */
export interface ErasedMarks {
  has(readers: string[]): Promise<Set<string>>;
  add(reader: string, time: number): Promise<void>;
}
