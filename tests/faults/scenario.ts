import type { KafkaOptions } from "@/services/admin/servers/kafka.ts";
import type { Load } from "./workload.ts";
import type { World } from "./world.ts";

/** One kind of fault: what is done to the suite while it works. What must hold afterwards is the same for all. */
export type Scenario = {
  /** F and a number, as in the list of docs/faults.md. */
  id: string;
  title: string;
  /** What exactly is done. */
  how: string;
  /** What it needs beside the services; it is left out, loudly, where that is not there. */
  needs: ("kafka" | "database")[];
  /** The promises that it puts to the test first. */
  invariants: string[];
  load?: Partial<Load>;
  partitions?: number;
  /** Settings of each service's process at the start. */
  env?: Record<string, string>;
  /** Further processes at the start beside `trend`, `recommendation` and `web`. */
  members?: { name: string; env?: Record<string, string> }[];
  /** How long it may take until everything has arrived when all faults are over (ms). */
  patience?: number;
  /** Servers of its own, with these settings, where it would spoil them for others. */
  servers?: { kafka?: KafkaOptions; database?: Record<"mysql" | "mariadb", string[]> };
  /** Does harm while the workload runs. Resolves when there has been enough of it. */
  run(world: World): Promise<void>;
};
