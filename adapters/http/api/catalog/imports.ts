import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";
import { characters } from "@/application/shared/validation/characters.ts";
import { encodingName } from "@/application/catalog/importing/encoding_name.ts";
import { readMap } from "@/application/catalog/importing/columns/read_map.ts";
import type { ImportJob, ImportRequest } from "@/application/catalog/importing/jobs/import_job.ts";
import type { RunningImports } from "@/application/catalog/importing/jobs/import_jobs.ts";
import { messageOf } from "@/application/faults.ts";
import { defined } from "@/application/defined.ts";
import type { App, AppContext } from "@/adapters/http/base/app.ts";
import { adminOnly } from "@/adapters/http/base/security/auth.ts";
import { errors, json, limit, page, token } from "@/adapters/http/base/describe/contracts.ts";
import { HttpProblem } from "@/adapters/http/base/problems/problem.ts";
import type { WebApiDeps } from "@/adapters/http/api/web_api_deps.ts";

/** The largest file. It is streamed to disk, never held in memory. */
const MAX_FILE_BYTES = 2 ** 31;

const yesNo = z.enum(["true", "false"]).default("false");
const query = z.object({
  name: characters(1, 200).optional().meta({ description: "What the file is called" }),
  encoding: characters(1, 40).optional(),
  delimiter: characters(1, 3).optional(),
  separator: characters(1, 10).optional(),
  id: z.enum(["isbn", "content"]).optional().meta({ description: "What the id of a book is made of" }),
  map: characters(1, 2_000).optional().meta({ description: "Columns with other names, as field=column,…" }),
  dry_run: yesNo.meta({ description: "Read and check, store nothing" }),
  replace: yesNo.meta({
    description:
      "Remove the books that the file does not have; none where a row was refused, as a book may be that row's",
  }),
});
const count = z.int();
const report = z.object({
  rows: count,
  added: count,
  changed: count,
  unchanged: count,
  rejected: count,
  warnings: count,
  repeated: count,
  unnamed: count.meta({ description: "Refused rows that do not say which book they are" }),
  removed: count,
  reasons: z.record(z.string(), count).meta({ description: "How often each kind of refusal and warning was met" }),
  unused: z.array(z.string()).meta({ description: "Columns that no field was read from" }),
  ids_made: z.boolean(),
});
const importSchema = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "done", "failed"]),
  detail: z.string().optional().meta({ description: "Why it failed, or why `replace` removed nothing" }),
  received: z.string(),
  ended: z.string().optional(),
  bytes: count,
  bytes_read: count,
  attempts: count.meta({
    description: "How often it was begun; one that was cut off is begun again, and what is stored already is unchanged",
  }),
  dry_run: z.boolean(),
  replace: z.boolean(),
  report: report.optional(),
  rejects: z.string().optional().meta({ description: "Where the refused rows are, as a file that can be imported" }),
}).meta({ id: "Import" });

const PATH = "/v1/imports";
const importId = z.object({ id: z.string() });

const describeImport = (
  { id, state, detail, received, ended, bytes, bytes_read, attempts, request, report }: ImportJob,
) => ({
  id,
  state,
  received: new Date(received).toISOString(),
  bytes,
  bytes_read,
  attempts,
  dry_run: request.dry_run,
  replace: request.replace,
  ...defined({
    detail,
    report,
    ended: ended === undefined ? undefined : new Date(ended).toISOString(),
    rejects: ended !== undefined && (report?.rejected ?? 0) > 0 ? `${PATH}/${id}/rejects` : undefined,
  }),
});

/** Adds the routes that import files. They need the admin token. */
export function importRoutes(app: App, deps: WebApiDeps, imports: RunningImports): void {
  sendRoute(app, deps, imports);
  listRoute(app, deps, imports);
  stateRoute(app, deps, imports);
  rejectsRoute(app, deps, imports);
}

function sendRoute(app: App, deps: WebApiDeps, imports: RunningImports): void {
  app.openapi(
    createRoute({
      method: "post",
      path: PATH,
      summary:
        "Takes a file to import: the body, of any type, in any format that `deno task import` reads, also gzipped",
      security: token,
      middleware: [adminOnly(deps.adminToken)] as const,
      request: { query, body: { required: true, content: { "application/octet-stream": { schema: z.string() } } } },
      responses: {
        202: json(importSchema, "The file is stored and will be imported; `Location` says how it fares"),
        ...errors(400, 401, 403, 413, 422),
      },
    }),
    async (context) => {
      const { map, ...asked } = context.req.valid("query");
      if (asked.encoding !== undefined) checked("encoding", encodingName, asked.encoding);
      const request: ImportRequest = {
        ...asked,
        map: map === undefined ? undefined : checked("map", readMap, map),
        dry_run: asked.dry_run === "true",
        replace: asked.replace === "true",
      };
      const id = deps.ids.fresh();
      // The middleware has checked the token, so the client may send a long body.
      context.env?.allowLongBody?.();
      const job = await imports.jobs.accept({ id, request, received: deps.clock.now() }, bodyOf(context));
      imports.wake();
      return context.json(describeImport(job), 202, { location: `${PATH}/${id}` });
    },
  );
}

function listRoute(app: App, deps: WebApiDeps, imports: RunningImports): void {
  app.openapi(
    createRoute({
      method: "get",
      path: PATH,
      summary: "Imports of the last 30 days that this machine took, the newest first",
      security: token,
      middleware: [adminOnly(deps.adminToken)] as const,
      request: { query: z.object({ limit, cursor: characters(1, 64).optional() }) },
      responses: { 200: json(page(importSchema), "Imports"), ...errors(401, 403, 422) },
    }),
    async (context) => {
      const { limit, cursor } = context.req.valid("query");
      const jobs = await imports.jobs.list(cursor, limit);
      return context.json(
        { items: jobs.map(describeImport), next_cursor: jobs.length < limit ? null : jobs.at(-1)!.id },
        200,
        { "cache-control": "no-store" },
      );
    },
  );
}

function stateRoute(app: App, deps: WebApiDeps, imports: RunningImports): void {
  app.openapi(
    createRoute({
      method: "get",
      path: `${PATH}/{id}`,
      summary: "How an import fares: rows, bytes, and counts by reason",
      security: token,
      middleware: [adminOnly(deps.adminToken)] as const,
      request: { params: importId },
      responses: { 200: json(importSchema, "The import"), ...errors(401, 403, 404, 422) },
    }),
    async (context) => {
      const job = await imports.jobs.get(context.req.valid("param").id);
      if (job === undefined) throw new HttpProblem(404, "there is no such import");
      return context.json(describeImport(job), 200, { "cache-control": "no-store" });
    },
  );
}

function rejectsRoute(app: App, deps: WebApiDeps, imports: RunningImports): void {
  app.openapi(
    createRoute({
      method: "get",
      path: `${PATH}/{id}/rejects`,
      summary: "The rows that were refused, as they are in the file, with the reasons; can be mended and imported",
      security: token,
      middleware: [adminOnly(deps.adminToken)] as const,
      request: { params: importId },
      responses: {
        200: { description: "CSV, JSON Lines, MARC 21 or MARCXML, as the file was" },
        ...errors(401, 403, 404, 422),
      },
    }),
    async (context) => {
      const { id } = context.req.valid("param");
      const found = await imports.jobs.rejects(id);
      if (found === undefined && await imports.jobs.get(id) === undefined) {
        throw new HttpProblem(404, "there is no such import");
      }
      // An import that has not started has no rejected rows.
      return new Response(new Uint8Array(found ?? []), {
        headers: { "content-type": "application/octet-stream", "cache-control": "no-store" },
      });
    },
  );
}

/** Reads a query parameter. Answers 422 with what is wrong with it. */
function checked<Value>(parameter: string, read: (text: string) => Value, text: string): Value {
  try {
    return read(text);
  } catch (error) {
    const detail = messageOf(error);
    throw new HttpProblem(422, `${parameter}: ${detail}`, { code: "invalid", errors: [{ parameter, detail }] });
  }
}

/** Yields the parts of the body up to the limit. Answers 400 for an empty body. */
async function* bodyOf(context: AppContext): AsyncGenerator<Uint8Array> {
  const check = (bytes: number) => {
    if (bytes > MAX_FILE_BYTES) throw new HttpProblem(413, `wanted a file of at most ${MAX_FILE_BYTES} bytes`);
  };
  check(Number(context.req.header("content-length") ?? 0));
  let total = 0;
  const parts = context.env?.body?.() ?? context.req.raw.body ?? [];
  try {
    for await (const part of parts) {
      total += part.length;
      check(total);
      yield part;
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(400, "the body ended before it was complete");
  }
  if (total === 0) throw new HttpProblem(400, "the body is empty: wanted a file");
}
