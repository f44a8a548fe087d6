import { z } from "zod";

/** Sends a request; within one process it is the other app's own `request`. */
export type Fetch = (request: Request) => Promise<Response>;

/**
 * The items of another service's list; undefined where the service answers 404. Rejects when the service does not answer in
 * time, with an error, or with another shape.
 */
export async function getList<Item extends z.ZodType>(
  { fetch, timeoutMs }: { fetch: Fetch; timeoutMs: number },
  url: string,
  item: Item,
): Promise<z.output<Item>[] | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = Promise.withResolvers<never>();
  const refuse = () => late.reject(new Error(`no answer within ${timeoutMs} ms`));
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
