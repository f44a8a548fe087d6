import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";
import { bookCopySchema } from "@/application/catalog/messages.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import { needToken, type Token } from "@/adapters/http/base/security/auth.ts";
import type { App } from "@/adapters/http/base/app.ts";
import { errors, json, limit, page, token } from "@/adapters/http/base/describe/contracts.ts";

const PATH = "/v1/operations/books";
const query = z.object({
  limit,
  after: characters(1, 64).optional().meta({ description: "Only books behind this id" }),
});

/** Adds the route that lists the service's copy of the catalogue. The web service compares it with its own. */
export function copyRoutes(app: App, read: CatalogueCopy["books"], adminToken: Token | undefined): void {
  app.use(PATH, async (context, next) => {
    needToken(context, adminToken);
    await next();
  });
  app.openapi(
    createRoute({
      method: "get",
      path: PATH,
      summary: "The books that the service knows, with their versions, in the order of their ids",
      security: token,
      request: { query },
      responses: { 200: json(page(bookCopySchema), "Books; removed ones too"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      const { after, limit } = context.req.valid("query");
      const books = await read(after === undefined ? undefined : { id: after }, limit);
      const items = books.map(({ id, title, version, removed }) => ({ id, title, version, removed }));
      return context.json({ items, next_cursor: null }, 200);
    },
  );
}
