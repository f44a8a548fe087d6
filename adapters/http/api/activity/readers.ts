import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { hasOpinion } from "@/domain/activity/reader_book.ts";
import { ACTIVITY, ACTIVITY_TOPICS } from "@/application/activity/messages.ts";
import { forYouName } from "@/application/storefront/panel.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import {
  errors,
  idempotencyKey,
  json,
  page,
  readerId,
  readerSecurity,
  replayedHeader,
} from "@/adapters/http/base/describe/contracts.ts";
import { problemOf } from "@/adapters/http/base/problems/rejections.ts";
import { needReaderToken } from "@/adapters/http/base/security/auth.ts";
import { answerCommand } from "@/adapters/http/api/answer_command.ts";
import { commandOf, type WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";

const MAX_BOOKS = 1_000;
const readerBook = z.object({
  book: z.string(),
  shelf: z.enum(["want", "reading", "read"]).optional(),
  rating: z.int().optional(),
  dismissed: z.boolean(),
  time: z.iso.datetime(),
}).meta({ id: "ReaderBook" });

/** Adds the routes that show and erase a reader's list. They need the reader's cookie, the readers' token or the admin token. */
export function readerRoutes(app: App, deps: WebApiDeps): void {
  const { visitors } = deps;
  const mayAct = (context: AppContext, id: string) => {
    if (visitors.readerOf(context) !== id) needReaderToken(context, deps);
  };
  app.openapi(
    createRoute({
      method: "get",
      path: "/v1/readers/{id}",
      summary: "What a reader has said about books, newest first, at most 1,000",
      security: readerSecurity,
      request: { params: readerId },
      responses: { 200: json(page(readerBook), "The reader's books"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      mayAct(context, id);
      const rows = await deps.store.readerList.of(id, MAX_BOOKS);
      const items = rows.filter(hasOpinion).map(({ reader: _reader, uncounted: _uncounted, time, ...row }) => ({
        ...row,
        time: new Date(time).toISOString(),
      }));
      return context.json({ items, next_cursor: null }, 200, { "cache-control": "private, no-store" });
    },
  );
  app.openapi(
    createRoute({
      method: "delete",
      path: "/v1/readers/{id}",
      summary: "Erases a reader: all state by the id goes, a mark stays so that nothing brings it back",
      security: readerSecurity,
      request: { params: readerId, headers: idempotencyKey },
      responses: { 204: { description: "Erased", headers: replayedHeader }, ...errors(400, 401, 403, 409, 422) },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      mayAct(context, id);
      const command = commandOf(context, deps.ids, ACTIVITY.eraseReader, { reader: id });
      const answer = await answerCommand(deps, context, ACTIVITY_TOPICS.commands, [command], ([outcome]) => {
        if (outcome?.kind === "rejected") throw problemOf(outcome.rejection);
        if (visitors.readerOf(context) === id) visitors.forgetReader(context);
        return context.body(null, 204);
      });
      await deps.lastGood.forget(forYouName(id));
      return answer;
    },
  );
}
