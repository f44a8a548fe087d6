import { ACTIVITY } from "@/application/activity/messages.ts";
import { hourOf } from "@/domain/hours.ts";
import type { RankedBook } from "@/domain/catalog/search/ranking/rank_books.ts";
import { defined } from "@/application/defined.ts";
import { type Found, foundOf } from "@/domain/activity/found.ts";
import { type ActDetails, isQuery } from "@/domain/activity/act.ts";
import type { Envelope } from "@/application/messaging/wire/envelope.ts";
import type { AppContext } from "@/adapters/http/base/app.ts";
import { commandOf, type WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";
import { isPerson } from "./person.ts";

type RecordedAct = ActDetails & { id?: string | undefined; found?: Found };

/** Creates the command that records an act of a client without a token. */
export function actCommand({ ids, visitors }: WebApiDeps, context: AppContext, act: RecordedAct): Envelope {
  return commandOf(context, ids, ACTIVITY.recordAct, { ...act, ...visitors.originOf(context, act.reader) });
}

/** Records a search with its first results, after the answer. */
export async function recordSearch(
  deps: WebApiDeps,
  context: AppContext,
  reader: string | undefined,
  query: string,
  ranked: RankedBook[],
): Promise<void> {
  if (!isPerson(context) || !deps.visitors.counts(context) || !isQuery(query)) return;
  const found = foundOf(ranked.map(({ id }) => id));
  await deps.recorder.record(actCommand(deps, context, { type: "searched", ...defined({ reader }), query, found }));
}

/** Records the view of a book's page, after the answer. A reload within the hour has the same id and counts once. */
export async function recordView(deps: WebApiDeps, context: AppContext, reader: string, book: string): Promise<void> {
  if (!isPerson(context) || !deps.visitors.counts(context)) return;
  const id = deps.ids.of("viewed", reader, book, String(hourOf(deps.clock.now())));
  await deps.recorder.record(actCommand(deps, context, { type: "viewed", reader, book, id }));
}
