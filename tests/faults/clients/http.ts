/** An answer, or undefined where there was none that says whether it happened: cut off, too late, or a fault of the server. */
type Answer = { status: number; body: unknown; etag?: string } | undefined;

export const TOKEN = "token-of-the-fault-runs";
const PATIENCE_MS = 12_000;

export type Http = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  /** When it was first asked. */
  from?: number,
) => Promise<Answer>;

type HttpOptions = {
  /** How long a client waits. One that is said to wait asks again where its request was not taken up on a busy machine. */
  patienceMs?: number | undefined;
  /** Is told why there was no answer that says whether it happened. */
  lost?(why: string): void;
  say?(what: string): void;
};

/** Requests with the admin token to a service that may be away, or be somewhere else after a restart. */
export const httpTo = (
  url: () => string | undefined,
  { patienceMs, lost, say }: HttpOptions = {},
): Http =>
  async function ask(method, path, body, headers = {}, from = performance.now()) {
    const base = url();
    if (base === undefined) return void lost?.("nobody listens");
    try {
      const response = await fetch(base + path, {
        method,
        headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}`, ...headers },
        signal: AbortSignal.timeout(patienceMs ?? PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (isShed(response.status, text) && performance.now() - from < (patienceMs ?? 0)) {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return await ask(method, path, body, headers, from);
      }
      if (response.status >= 500) return void lost?.(`${response.status}`);
      // Every route that refuses says why; who says nothing has read no request.
      if (response.status >= 400 && text === "") {
        say?.(`${response.status} without a word for ${method} ${path}`);
        return void lost?.(`${response.status} without a word`);
      }
      const etag = response.headers.get("etag") ?? undefined;
      return {
        status: response.status,
        body: text === "" ? undefined : JSON.parse(text),
        ...(etag === undefined ? {} : { etag }),
      };
    } catch (error) {
      return void lost?.(
        (error as Error).name === "TimeoutError"
          ? `nothing within ${(patienceMs ?? PATIENCE_MS) / 1_000} s`
          : "cut off",
      );
    }
  };

/** Whether a request was not taken up at all, as others wait already. */
const isShed = (status: number, body: string): boolean => status === 503 && body.includes('"overloaded"');

/** Whether a service says that it is ready; undefined when it says nothing. */
export async function isReady(url: string | undefined): Promise<boolean | undefined> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return undefined;
  }
}
