import { z } from "zod";

/** Sends a request; in process an app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;

/**
 * The items of a list that another service answers with. Rejects when it does not answer in time (milliseconds), with an
 * error, or with another shape. Undefined where the service says 404.
 */
export async function getList<Item extends z.ZodType>(
  { fetch, timeout }: { fetch: Fetch; timeout: number },
  url: string,
  item: Item,
): Promise<z.output<Item>[] | undefined> {
  const signal = AbortSignal.timeout(timeout);
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Error(`no answer within ${timeout} ms`));
  signal.addEventListener("abort", refuse, { once: true });
  try {
    const response = await Promise.race([
      fetch(new Request(url, { signal, headers: { accept: "application/json" } })),
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
    const parsed = z.object({ items: z.array(item) }).safeParse(await response.json());
    if (!parsed.success) throw new Error(`the answer is not a list as agreed: ${parsed.error.issues[0]?.message}`);
    return parsed.data.items;
  } finally {
    signal.removeEventListener("abort", refuse);
  }
}
