import { type BaseDeps, createBaseApp } from "@/adapters/http/base/base_app.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { silent as logger } from "@/tests/support/samples.ts";

/** The base app of every service, without routes of its own. It is ready. */
export const bareApp = (options: Partial<BaseDeps> = {}) =>
  createBaseApp({ title: "test", ids, logger, ready: () => Promise.resolve({ ready: true, parts: {} }), ...options });
