import { CATALOG, catalogEvents } from "@/application/catalog/messages.ts";
import type { Policies } from "@/application/messaging/commands/policy_sink.ts";
import { ACTIVITY } from "./messages.ts";

/** Events of other modules that activity acts upon. */
export const activityPolicyEvents = { [CATALOG.bookRemoved]: catalogEvents[CATALOG.bookRemoved] };

/** What activity does when something has happened elsewhere. */
export const activityPolicies: Policies<typeof activityPolicyEvents> = {
  [CATALOG.bookRemoved]: ({ data: { id } }) => [{ type: ACTIVITY.forgetBook, key: id, data: { book: id } }],
};
