import type { Processor } from "@/application/messaging/bus.ts";
import { type CommandStores, createProcessor, type ProcessorParts, route } from "@/application/messaging/processor.ts";
import { TOPICS } from "@/application/messaging/topics.ts";
import { eraseReader } from "./erase_reader.ts";
import { ACTIVITY, eraseReaderCommand, recordActCommand } from "./messages.ts";
import { type ActStores, recordAct } from "./record_act.ts";

export type ActivityStores = CommandStores & ActStores;

/** The activity module's commands, each with its schema and handler. */
export function activityProcessor(parts: Pick<ProcessorParts<ActivityStores>, "uow" | "clock" | "ids">): Processor {
  return createProcessor<ActivityStores>({
    ...parts,
    module: "activity",
    commands: TOPICS.activityCommands,
    events: TOPICS.activityEvents,
    rejected: ACTIVITY.commandRejected,
    failed: ACTIVITY.commandFailed,
    routes: {
      [ACTIVITY.recordAct]: route(recordActCommand, recordAct),
      [ACTIVITY.eraseReader]: route(eraseReaderCommand, eraseReader),
    },
  });
}
