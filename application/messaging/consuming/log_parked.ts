import { defined } from "@/application/defined.ts";
import type { Logger } from "@/application/ports.ts";
import type { DeadLetter } from "./ports.ts";

/** Logs each parked message: as an error, or as a warning when it only waits behind another one of its key. */
export function logParked(logger: Logger, deadLetters: DeadLetter[]): void {
  for (const { consumer, message: { topic, partition, position, headers }, reason, detail } of deadLetters) {
    const correlation = headers.ce_correlationid;
    const fields = { consumer, topic, partition, position, reason, detail, ...defined({ correlation }) };
    if (reason === "behind") logger.warn("message-waits", fields);
    else logger.error("message-parked", fields);
  }
}
