import { defined } from "@/application/defined.ts";
import { recommendationProjection } from "@/application/recommendation/projection.ts";
import { operatorToken, readersTokenOf } from "@/services/shared/adapters/data_folder.ts";
import { runService } from "@/services/shared/process/run_service.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { startRecommendation } from "./app.ts";

await runService({
  name: "recommendation",
  port: (settings) => settings.RECOMMENDATION_PORT,
  configure(settings, logger) {
    const { ROLE: role } = settings;
    if (role === "relay") {
      throw new StartFault("ROLE=relay: the recommendation service has no relay, wanted all, api or consumer");
    }
    return {
      role,
      adminToken: operatorToken(settings, logger),
      ...defined({ readersToken: readersTokenOf(settings, logger) }),
    };
  },
  open: (adapters) => adapters.recommendation(),
  topics: recommendationProjection.topics,
  start: startRecommendation,
});
