import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import type { Settings } from "./settings.ts";

/** What the settings say of a service's HTTP. */
export const httpOptions = ({ TRUSTED_PROXIES: trustedProxies }: Settings): HttpOptions => ({ trustedProxies });
