import type { AppContext } from "@/adapters/http/base/app.ts";

/** Answers the request when it is its turn. */
export async function admit(context: AppContext, answer: () => Promise<void>): Promise<void> {
  const { admission } = context.get("capacity");
  const leave = admission.enterNow() ?? await admission.enter(context.env?.hasLeft);
  try {
    await answer();
  } finally {
    leave();
  }
}

/** Requests of monitoring: they never wait for other requests. */
export const PROBES = new Set(["/livez", "/readyz", "/metrics"]);

/** Requests with a body are admitted when it is complete, so that a slow body takes no place. */
export const isAdmittedByHead = ({ req: { method, path } }: AppContext): boolean =>
  (method === "GET" || method === "HEAD" || method === "DELETE") && !PROBES.has(path);
