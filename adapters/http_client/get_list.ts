import { z } from "zod";
import { faultText } from "@/domain/rejection.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { ForeignService } from "@/application/storefront/foreign_service.ts";
import { faultsOf } from "@/application/zod_faults.ts";

/** Sends a request; within one process it is the other app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;
/** Another service: its name, where it is (a slash at the end changes nothing), and how long it may take. */
type OtherService = { name: string; fetch: Fetch; baseUrl: string; timeoutMs: number; token?: string | undefined };

/** Answers of a service that is there and cannot answer now: it is too slow, too busy, or fails. */
const isBusy = (status: number): boolean => status === 408 || status === 429 || status >= 500;
const problem = z.object({ type: z.string() });

/** The items of another service's list (see `getAnswer`). */
export const getList = async <Item extends z.ZodType>(
  service: OtherService,
  { item, ...asked }: { path: string; item: Item; missing?: string },
): Promise<z.output<Item>[] | undefined> =>
  (await getAnswer(service, { ...asked, shape: z.object({ items: z.array(item) }) }))?.items;

/**
 * What another service answers; undefined where it says with 404 and the problem `missing` that there is no such thing. Rejects
 * with `Unavailable` when the service does not answer in time, and with `ForeignService` when the answer is not its own.
 */
export async function getAnswer<Shape extends z.ZodType>(
  { name, fetch, baseUrl, timeoutMs, token }: OtherService,
  { path, shape, missing }: { path: string; shape: Shape; missing?: string },
): Promise<z.output<Shape> | undefined> {
  const foreign = (found: string) =>
    new ForeignService(`what answers at ${baseUrl} is not the ${name} service: ${found}`);
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Unavailable(`${name} did not answer within ${timeoutMs} ms`));
  signal.addEventListener("abort", refuse, { once: true });
  try {
    const request = new Request(baseUrl.replace(/\/+$/, "") + path, {
      signal,
      headers: { accept: "application/json", ...bearer(token) },
    });
    const response = await Promise.race([fetch(request), late.promise]);
    const { status } = response;
    const type = response.headers.get("content-type") ?? "no content type";
    if (isBusy(status)) throw new Unavailable(`${name} answered with status ${status}`);
    const body = await Promise.race([response.text(), late.promise]);
    if (status === 404 && missing !== undefined && isProblem(body, missing)) return undefined;
    if (!response.ok || !/^application\/json\b/i.test(type)) {
      throw foreign(`wanted 200 and application/json, found ${status} and ${type.slice(0, 100)}`);
    }
    const parsed = shape.safeParse(parseJson(body));
    if (!parsed.success) throw foreign(`wanted an answer as agreed: ${faultText(faultsOf(parsed.error).slice(0, 3))}`);
    return parsed.data;
  } catch (error) {
    throw error instanceof ForeignService || error instanceof Unavailable
      ? error
      : new Unavailable(`${name} does not answer: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", refuse);
  }
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
/** Whether a body is a problem of this code (RFC 9457). */
const isProblem = (body: string, code: string): boolean =>
  problem.safeParse(parseJson(body)).data?.type.split("/").at(-1) === code;

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
