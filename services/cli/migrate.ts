import { Command } from "commander";
import { createLogger } from "@/adapters/system/logger.ts";
import { openAdapters } from "@/services/shared/adapters/open_adapters.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { servicesOf, type StoreOptions } from "./service_stores.ts";

const program = new Command("migrate")
  .description(
    "Makes topics, databases and tables that are missing, and brings tables to this version, as a service does at its start. " +
      "For services whose own users may not change tables: run it with a user that may, before the first start and before an upgrade.",
  )
  .option("--service <name>", "web, trend or recommendation; all where not said")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(options: StoreOptions & { json?: true }): Promise<void> {
  const services = servicesOf(options);
  const settings = settingsOf(options);
  const adapters = openAdapters(settings, createLogger("migrate", settings.LOG_LEVEL));
  await (await adapters.answeringLog()).close();
  for (const service of services) await (await adapters[service]()).close();
  console.log(
    options.json
      ? JSON.stringify({ log: "ready", stores: services })
      : `the topics and the tables of ${services.join(", ")} are those of this version`,
  );
}

await runCommand(program);
Deno.exit(Deno.exitCode);
