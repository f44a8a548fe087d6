import type { MessageBus } from "@/application/messaging/commands/bus.ts";
import type { WebStore } from "@/application/storefront/ports.ts";

/** What clients find at a web process: where they send commands, and where they look at books. */
export type Door = { bus: MessageBus; shelf: Pick<WebStore["shelf"], "get"> };
