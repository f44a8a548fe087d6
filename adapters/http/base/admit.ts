import type { AppContext } from "./app.ts";

/** Answers the request when it is its turn. */
export async function admit(context: AppContext, answer: () => Promise<void>): Promise<void> {
  const leave = await context.get("capacity").admission.enter(context.env?.hasLeft);
  try {
    await answer();
  } finally {
    leave();
  }
}

/** Requests of machines that look after the service: they never wait behind readers. */
export const PROBES = new Set(["/livez", "/readyz", "/metrics"]);

/** Requests that have a body are admitted once it has come, as a slow one may keep nobody waiting. */
export const isAdmittedByHead = ({ req: { method, path } }: AppContext): boolean =>
  (method === "GET" || method === "HEAD" || method === "DELETE") && !PROBES.has(path);
