import { z } from "zod";
import { faultText } from "@/domain/rejection.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";
import { ForeignService } from "@/application/storefront/foreign_service.ts";
import { faultsOf } from "@/application/shared/validation/zod_faults.ts";
import { type Breaker, createBreaker } from "./breaker.ts";

/** The address of a service that `fetch` asks within this process. No host has it. */
export const IN_PROCESS = "http://process.internal";

/** Sends a request; within one process it is the other app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;
/** Another service: its name, its URL (with or without a slash at the end), its time limit, and the token to send. */
type ServiceOptions = { name: string; fetch: Fetch; baseUrl: string; token?: (() => string) | undefined } & Patience;
/** How long an answer may take, and the clock of the pause after outages. */
export type Patience = { timeoutMs?: number; now?: () => number };
type OtherService = Omit<ServiceOptions, "now"> & { timeoutMs: number; breaker: Breaker };
/** The path to request, and the schema of the answer. `missing`: the problem by which it says with 404 that there is no such thing. */
type Question<Shape> = { path: string; shape: Shape; missing?: string | undefined };

/** A client of a service, behind a circuit breaker. */
export const otherService = ({ timeoutMs = 1_000, now, ...options }: ServiceOptions): OtherService => ({
  ...options,
  timeoutMs,
  breaker: createBreaker(timeoutMs, now),
});

/** Statuses of a service that runs but cannot answer now: too slow, too busy, or failing. */
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
  const asked = { path: question.path, headers: { accept: "application/json" } };
  return await exchange(service, asked, async (response) => read(service, question, response, await response.text()));
}

/**
 * The head of an answer whose body goes on until the signal is aborted. Rejects with `Unavailable` when it does not begin in time; what
 * it says is not looked at.
 */
export async function beginAnswer(
  service: OtherService,
  asked: { path: string; headers: Record<string, string> },
  signal: AbortSignal,
): Promise<Response> {
  return await exchange(service, { ...asked, signal }, (response) => response);
}

type Asked = { path: string; headers: Record<string, string>; signal?: AbortSignal };

/** Sends a request through the breaker and reads the answer, both within the time limit. */
async function exchange<Taken>(
  service: OtherService,
  { path, headers, signal }: Asked,
  take: (response: Response) => Taken | Promise<Taken>,
): Promise<Taken> {
  const { fetch, baseUrl, timeoutMs, token } = service;
  return await service.breaker.run(async () => {
    const over = new AbortController();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new Unavailable(`${whereOf(service)} did not answer within ${timeoutMs} ms`));
      over.abort();
    }, timeoutMs);
    const send = async () =>
      await fetch(
        new Request(baseUrl.replace(/\/+$/, "") + path, {
          signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
          headers: { ...headers, ...bearer(token?.()) },
        }),
      );
    const answer = send();
    try {
      return await Promise.race([answer.then(take), late.promise]);
    } catch (error) {
      // A `fetch` that ignores the signal may still answer.
      answer.then(({ body }) => body?.cancel()).catch(() => {});
      throw error instanceof ForeignService || error instanceof Unavailable || signal?.aborted === true
        ? error
        : new Unavailable(`${whereOf(service)} does not answer: ${messageOf(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  });
}

/** Without the path, which may name a reader. */
const whereOf = ({ name, baseUrl }: OtherService): string =>
  baseUrl === IN_PROCESS ? `${name} in this process` : `${name} at ${baseUrl}`;

/** Parses an answer by its schema. Throws when it does not fit, or comes from another service. */
function read<Shape extends z.ZodType>(
  service: OtherService,
  { shape, missing }: Question<Shape>,
  { status, ok, headers }: Response,
  body: string,
): z.output<Shape> | undefined {
  const { name, baseUrl } = service;
  const foreign = (found: string) =>
    new ForeignService(`what answers at ${baseUrl} is not the ${name} service: ${found}`);
  const type = headers.get("content-type") ?? "no content type";
  if (isBusy(status)) throw new Unavailable(`${whereOf(service)} answered with status ${status}`);
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
