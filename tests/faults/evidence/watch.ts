import { isReady } from "@/tests/faults/clients/http.ts";
import { type Way, WAYS } from "@/tests/faults/world/servers.ts";
import type { Services } from "@/tests/faults/world/services.ts";
import { liveOf, offsetOf, type Tables } from "@/tests/faults/world/tables.ts";
import type { PositionNote } from "@/tests/oracle/evidence.ts";

/** What a service that was asked at a time (ms since the start) said at another: ready, not ready, or nothing. */
type Sight = { asked: number; told: number; name: string; ready: boolean | undefined };

export interface Watch {
  sights(): Sight[];
  /** Stored positions with their epochs, whenever they had changed. */
  notes(): PositionNote[];
  stop(): Promise<void>;
}

/** Looks at the stored positions and at the services' readiness all the while. */
export function startWatch(tables: Tables, services: Services, now: () => number): Watch {
  const seen = new Map<string, { next: bigint; epoch: bigint }>();
  const notes: PositionNote[] = [];
  const sights: Sight[] = [];
  let stopping = false;

  async function look(service: Way): Promise<void> {
    // One that nobody sees yet may be filled again, from the beginning and with new epochs; of that the database takes note.
    const live = service === "web" ? 1 : await liveOf(tables, service);
    const rows = await tables.rows(service, `SELECT * FROM ${tables.positions} WHERE version <= ${live}`);
    for (const row of rows) {
      const place = `${row.consumer} v${row.version} ${row.topic}/${row.partition}, as seen from outside`;
      const is = { next: offsetOf(row.next), epoch: BigInt(String(row.epoch)) };
      const was = seen.get(place);
      if (is.next !== was?.next || is.epoch !== was.epoch) notes.push({ place, kind: "seen", ...is });
      seen.set(place, is);
    }
  }

  const repeat = async (work: () => Promise<unknown>, pause: number) => {
    while (!stopping) {
      await work();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  const done = Promise.all([
    repeat(async () => {
      for (const service of WAYS) await look(service).catch(() => {});
    }, 300),
    repeat(async () => {
      for (const name of services.names()) {
        const asked = now();
        const ready = await isReady(services.url(name));
        sights.push({ asked, told: now(), name, ready });
      }
    }, 500),
  ]);
  return {
    sights: () => sights,
    notes: () => notes,
    async stop() {
      stopping = true;
      await done;
    },
  };
}
