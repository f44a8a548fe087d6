import type { Violation } from "@/tests/oracle/violation.ts";
import type { ServersDeps } from "@/tests/faults/world/servers.ts";
import type { Member } from "@/tests/faults/world/services.ts";
import type { Load } from "@/tests/faults/clients/workload.ts";
import type { World } from "@/tests/faults/world/world.ts";

/** What a harm is done to. `projections`: the first processes of trend and recommendation; `members`: further ones of trend. */
export type Part = "projections" | "members" | "broker" | "database" | "links";

/** One kind of fault: what is done to the suite while it works. What must hold afterwards is the same for all. */
export type Scenario = {
  /** F and a number, as in the list of docs/faults.md. */
  id: string;
  title: string;
  /** What exactly is done. */
  how: string;
  /** What it needs beside the services; it is left out, loudly, where that is not there. */
  needs: ("kafka" | "database" | "version before")[];
  /** The promises that it puts to the test first. */
  invariants: string[];
  /** The parts that it harms or needs unharmed, where it may run beside scenarios that harm others. */
  harms?: Part[];
  load?: Partial<Load>;
  partitions?: number;
  /** How long clients wait for an answer; 12 seconds where missing. */
  clientsWaitMs?: number;
  /** Processes at the start; `trend`, `recommendation` and `web` where missing. A name may have a number behind it. */
  members?: (Pick<Member, "name" | "descriptors"> & { env?: Record<string, string>; before?: true })[];
  /** How long it may take until everything has arrived when all faults are over. */
  patienceMs?: number;
  /** Sizes of the disks of servers of its own, where it fills them up. */
  disks?: ServersDeps["disks"];
  /** Does harm while the workload runs. Resolves when there has been enough of it. */
  run(world: World): Promise<void>;
  /** What is found at the end, where it is not that everything has arrived everywhere. */
  end?(world: World): Promise<Violation[]>;
};
