import { z } from "zod";

/** Sends a request; within one process it is the other app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;

type Caller = { fetch: Fetch; timeoutMs: number; token?: string | undefined };

/** The items of another service's list (see `getAnswer`). */
export const getList = async <Item extends z.ZodType>(
  caller: Caller,
  url: string,
  item: Item,
): Promise<z.output<Item>[] | undefined> => (await getAnswer(caller, url, z.object({ items: z.array(item) })))?.items;

/**
 * What another service answers; undefined where it answers 404. Rejects when the service does not answer in time, with an error, or
 * with another shape.
 */
export async function getAnswer<Shape extends z.ZodType>(
  { fetch, timeoutMs, token }: Caller,
  url: string,
  shape: Shape,
): Promise<z.output<Shape> | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Error(`no answer within ${timeoutMs} ms`));
  signal.addEventListener("abort", refuse, { once: true });
  try {
    const response = await Promise.race([
      fetch(new Request(url, { signal, headers: { accept: "application/json", ...bearer(token) } })),
      late.promise,
    ]);
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the answer has status ${response.status}`);
    }
    const parsed = shape.safeParse(await response.json());
    if (!parsed.success) throw new Error(`the answer is not as agreed: ${parsed.error.issues[0]?.message}`);
    return parsed.data;
  } finally {
    signal.removeEventListener("abort", refuse);
  }
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
