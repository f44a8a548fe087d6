import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { silent as logger } from "./samples.ts";

/** What every service's app has, and no routes of a service. It is ready. */
export const bareApp = (options: Partial<BaseDeps> = {}) =>
  createBaseApp({ title: "test", ids, logger, ready: () => Promise.resolve({ ready: true, parts: {} }), ...options });
