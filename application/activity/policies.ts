import { CATALOG } from "@/application/catalog/messages.ts";
import type { Policies } from "@/application/messaging/commands/policy_sink.ts";
import { ACTIVITY, type activityPolicyEvents, bookKey } from "./messages.ts";

/** How activity reacts to events of other modules. */
export const activityPolicies: Policies<typeof activityPolicyEvents> = {
  [CATALOG.bookRemoved]: ({ data: { id: book } }) => [
    { type: ACTIVITY.forgetBook, key: bookKey(book), subject: book, data: { book } },
  ],
};
