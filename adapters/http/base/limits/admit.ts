import type { AppContext } from "@/adapters/http/base/app.ts";

/** Answers the request once it is admitted. */
export async function admit(context: AppContext, answer: () => Promise<void>): Promise<void> {
  const { admission } = context.get("capacity");
  const leave = admission.enterNow() ?? await admission.enter(context.env?.hasLeft);
  try {
    await answer();
  } finally {
    leave();
  }
}

/** The paths of monitoring. These requests never wait for admission. */
export const PROBES = new Set(["/livez", "/readyz", "/metrics"]);

/** Returns whether a request is admitted by its head. One with a body is admitted when complete, so that a slow body blocks nobody. */
export const isAdmittedByHead = ({ req: { method, path } }: AppContext): boolean =>
  (method === "GET" || method === "HEAD" || method === "DELETE") && !PROBES.has(path);
