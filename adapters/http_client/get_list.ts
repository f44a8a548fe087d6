import { z } from "zod";
import { faultText } from "@/domain/rejection.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { ForeignService } from "@/application/storefront/foreign_service.ts";
import { faultsOf } from "@/application/zod_faults.ts";

/** Sends a request; within one process it is the other app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;
/** Another service: its name, where it is (a slash at the end changes nothing), how long it may take, the token that it wants. */
type OtherService = { name: string; fetch: Fetch; baseUrl: string; timeoutMs: number; token?: string | undefined };
/** What it is asked, and the shape of its answer. `missing`: the problem by which it says with 404 that there is no such thing. */
type Question<Shape> = { path: string; shape: Shape; missing?: string | undefined };

/** Answers of a service that is there and cannot answer now: it is too slow, too busy, or fails. */
const isBusy = (status: number): boolean => status === 408 || status === 429 || status >= 500;
const problem = z.object({ type: z.string() });

/** The items of another service's list (see `getAnswer`); none where there is no such thing. */
export const getList = async <Item extends z.ZodType>(
  service: OtherService,
  { path, item, missing }: { path: string; item: Item; missing?: string },
): Promise<z.output<Item>[]> =>
  (await getAnswer(service, { path, shape: z.object({ items: z.array(item) }), missing }))?.items ?? [];

/**
 * What another service answers; undefined where it says that there is no such thing. Rejects with `Unavailable` when it does not
 * answer in time, and with `ForeignService` when the answer is not its own.
 */
export async function getAnswer<Shape extends z.ZodType>(
  service: OtherService,
  question: Question<Shape>,
): Promise<z.output<Shape> | undefined> {
  const { name, fetch, baseUrl, timeoutMs, token } = service;
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Unavailable(`${name} did not answer within ${timeoutMs} ms`));
  signal.addEventListener("abort", refuse, { once: true });
  try {
    const url = baseUrl.replace(/\/+$/, "") + question.path;
    const headers = { accept: "application/json", ...bearer(token) };
    const response = await Promise.race([fetch(new Request(url, { signal, headers })), late.promise]);
    const body = await Promise.race([response.text(), late.promise]);
    return read(service, question, response, body);
  } catch (error) {
    throw error instanceof ForeignService || error instanceof Unavailable
      ? error
      : new Unavailable(`${name} does not answer: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", refuse);
  }
}

/** An answer in the shape that is wanted of it. Throws when it has another, or another service has given it. */
function read<Shape extends z.ZodType>(
  { name, baseUrl }: OtherService,
  { shape, missing }: Question<Shape>,
  { status, ok, headers }: Response,
  body: string,
): z.output<Shape> | undefined {
  const foreign = (found: string) =>
    new ForeignService(`what answers at ${baseUrl} is not the ${name} service: ${found}`);
  const type = headers.get("content-type") ?? "no content type";
  if (isBusy(status)) throw new Unavailable(`${name} answered with status ${status}`);
  const said = problem.safeParse(parseJson(body)).data?.type.split("/").at(-1);
  if (status === 404 && missing !== undefined && said === missing) return undefined;
  if (said !== undefined && (status === 401 || status === 403)) {
    throw new Unavailable(`${name} refuses the token of this service: both want the same READERS_TOKEN or ADMIN_TOKEN`);
  }
  if (!ok || !/^application\/json\b/i.test(type)) {
    throw foreign(`wanted 200 and application/json, found ${status} and ${type.slice(0, 100)}`);
  }
  const parsed = shape.safeParse(parseJson(body));
  if (!parsed.success) throw foreign(`its answer has another shape: ${faultText(faultsOf(parsed.error).slice(0, 3))}`);
  return parsed.data;
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
