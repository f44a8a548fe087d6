import type { Processor } from "@/application/messaging/commands/bus.ts";
import { createProcessor, type ProcessorDeps, route } from "@/application/messaging/commands/processor.ts";
import {
  ACTIVITY,
  ACTIVITY_TOPICS,
  activityOrder,
  eraseReaderCommand,
  forgetBookCommand,
  recordActCommand,
} from "./messages.ts";
import { eraseReader } from "./erase_reader.ts";
import { forgetBook } from "./forget_book.ts";
import type { ActivityStores, ExpectedAct } from "./ports.ts";
import { expectedOf, recordAct } from "./record_act.ts";

type Deps = Pick<ProcessorDeps<ActivityStores, ExpectedAct>, "uow" | "clock" | "ids">;

/** The activity module's commands, each with its schema and handler. */
export function activityProcessor(deps: Deps): Processor {
  return createProcessor<ActivityStores, ExpectedAct>({
    ...deps,
    module: "activity",
    commands: ACTIVITY_TOPICS.commands,
    events: ACTIVITY_TOPICS.events,
    rejected: ACTIVITY.commandRejected,
    failed: ACTIVITY.commandFailed,
    routes: {
      [ACTIVITY.recordAct]: route(recordActCommand, recordAct, expectedOf),
      [ACTIVITY.eraseReader]: route(eraseReaderCommand, eraseReader, ({ reader }) => ({ reader, listed: false })),
      [ACTIVITY.forgetBook]: route(
        forgetBookCommand,
        forgetBook,
        ({ book }) => ({ book, listed: false, locksBook: true }),
      ),
    },
    order: activityOrder,
    lockAndPrefetch: (acts, stores) => stores.acts.lockAndPrefetch(acts),
  });
}
