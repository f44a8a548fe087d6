import type { HttpOptions } from "@/adapters/http/base/base_app.ts";
import type { Settings } from "@/services/settings/settings.ts";

/** Returns the HTTP options of a service from the settings. */
export const httpOptions = (settings: Settings): HttpOptions => ({
  trustedProxies: settings.TRUSTED_PROXIES,
  allowedHosts: settings.ALLOWED_HOSTS,
  capacity: {
    atWork: settings.REQUESTS_MOST,
    waiting: settings.REQUESTS_WAITING_MOST,
    longestWaitMs: settings.REQUESTS_WAITING_MS,
    bodyBytes: settings.BODIES_MOST_MB * 2 ** 20,
  },
  streamsPerClient: settings.CLIENT_STREAMS_MOST,
  rates: {
    client: rateOf(settings.CLIENT_RATE, settings.CLIENT_BURST),
    token: rateOf(settings.TOKEN_RATE, settings.TOKEN_BURST),
    reader: rateOf(settings.READER_RATE, settings.READER_BURST),
  },
});

const rateOf = (perSecond: number, burst: number) => (perSecond === 0 ? undefined : { perSecond, burst });
