import { newestOf, serviceToken } from "@/adapters/http/base/security/auth.ts";
import { createHttpCopy } from "@/adapters/http_client/copies.ts";
import { createHttpRecommendations } from "@/adapters/http_client/recommendations.ts";
import { createHttpTrends } from "@/adapters/http_client/trends.ts";
import { createMemoryLastGood } from "@/adapters/memory/web/last_good.ts";
import { defined } from "@/application/defined.ts";
import { checkServices } from "@/application/storefront/check_services.ts";
import { adminToken, importFolder, readersTokenOf } from "@/services/shared/adapters/data_folder.ts";
import { urlOf } from "@/services/shared/process/listen.ts";
import { runService } from "@/services/shared/process/run_service.ts";
import { startWeb } from "./app.ts";

/** Returns a `fetch` with the service token, which lifts the limits of clients. */
const asService = (token: () => string) => async (request: Request) => {
  request.headers.set("authorization", `Bearer ${token()}`);
  return await fetch(request);
};

await runService({
  name: "web",
  port: (settings) => settings.WEB_PORT,
  configure(settings, logger) {
    const { HOST, TREND_PORT, RECOMMENDATION_PORT, ROLE: role, OUTBOX_MOST: outboxMost } = settings;
    const { READERS_PER_CLIENT: readersPerClient } = settings;
    const token = adminToken(settings, logger);
    const readersToken = readersTokenOf(settings, logger);
    const trendUrl = settings.TREND_URL ?? urlOf(HOST, TREND_PORT);
    const recommendationUrl = settings.RECOMMENDATION_URL ?? urlOf(HOST, RECOMMENDATION_PORT);
    return {
      token,
      role,
      outboxMost,
      readersPerClient,
      ...defined({ readersToken }),
      trends: createHttpTrends(asService(() => serviceToken(newestOf(token.token))), trendUrl),
      recommendations: createHttpRecommendations(fetch, recommendationUrl, {
        token: () => newestOf(readersToken ?? token.token),
      }),
      copies: [["trend", trendUrl], ["recommendation", recommendationUrl]].map(([name, baseUrl]) =>
        createHttpCopy(fetch, { name: name!, baseUrl: baseUrl!, token: () => newestOf(token.token) })
      ),
      lastGood: createMemoryLastGood(),
      importFolder: importFolder(settings),
    };
  },
  open: (adapters) => adapters.web(),
  async start({ token, ...deps }) {
    const web = await startWeb({ ...deps, adminToken: token.token });
    const stopping = new AbortController();
    checkServices(deps, stopping.signal);
    return {
      ...web,
      stop() {
        stopping.abort();
        return web.stop();
      },
    };
  },
  hint: ({ token: { file } }) => file === undefined ? "" : `, the admin token is in ${file}`,
});
