import type { Meter } from "@/application/shared/observability/metrics.ts";
import { type Admission, type AdmissionLimits, createAdmission } from "./admission.ts";

export type CapacityLimits = AdmissionLimits & {
  /** The most bytes of all requests' bodies together. */
  bodyBytes: number;
};

/** The capacity that all requests of a service share. */
export type Capacity = { admission: Admission; bodies: BodyBudget };

type BodyBudget = {
  /** Reserves memory for bytes of a body. Returns false when there is not enough. */
  take(bytes: number): boolean;
  give(bytes: number): void;
};

/** Chosen with `deno task bench overload`: at twice the sustainable load, accepted requests are answered within a second. */
export const CAPACITY: CapacityLimits = { atWork: 32, waiting: 512, longestWaitMs: 200, bodyBytes: 64 * 2 ** 20 };

export function createCapacity(limits: CapacityLimits, meter: Meter): Capacity {
  const admission = createAdmission(limits);
  meter.watch(() => {
    const { atWork, waiting } = admission.state();
    return Promise.resolve([
      { name: "bookstream_http_requests_at_work", labels: {}, value: atWork },
      { name: "bookstream_http_requests_waiting", labels: {}, value: waiting },
    ]);
  });
  return { admission, bodies: createBodyBudget(limits.bodyBytes) };
}

function createBodyBudget(most: number): BodyBudget {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    give: (bytes) => void (taken -= bytes),
  };
}
