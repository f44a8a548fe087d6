import { Command } from "commander";
import { newestOf } from "@/adapters/http/base/security/auth.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { createLogger } from "@/adapters/system/logger.ts";
import { elapsedMs } from "@/application/elapsed.ts";
import { createRandom } from "@/application/shared/random.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { throttle } from "@/services/cli/throttle.ts";
import { wholeNumber } from "@/services/cli/whole_number.ts";
import { operatorToken } from "@/services/shared/adapters/data_folder.ts";
import { runCommand, settingsOf } from "@/services/shared/process/command_line.ts";
import { urlOf } from "@/services/shared/process/listen.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { actsOf, type SimulatedAct } from "./simulated_reader.ts";
import { createWebClient } from "./web_client.ts";

type Options = {
  readers: string;
  acts: string;
  rate: string;
  seed: string;
  erase?: true;
  json?: true;
  envFile?: string;
};

const BATCH = 20;

const program = new Command("simulate")
  .description(
    "Plays readers who search for books, look at them, keep and rate them, through the HTTP API of a running web, so that a new shop has " +
      "trends and recommendations to show. What they do counts like what anybody does: --erase takes these readers out again.",
  )
  .option("--readers <number>", "how many readers", "25")
  .option("--acts <number>", "how many acts, of all readers together", "500")
  .option("--rate <number>", "acts a second at most", "50")
  .option("--seed <number>", "other readers, who do other things; the same seed makes the same ones", "1")
  .option("--erase", "erase the readers of this seed instead")
  .option("--json", "print the report as JSON")
  .option("--env-file <file>", "settings; the environment wins")
  .action(main);

async function main(options: Options): Promise<void> {
  const [readers, acts, rate, seed] = (["readers", "acts", "rate", "seed"] as const).map((name) =>
    wholeNumber(options[name], `--${name}`, 1)
  ) as [number, number, number, number];
  const settings = settingsOf(options);
  const token = newestOf(operatorToken(settings, createLogger("simulate", settings.LOG_LEVEL)));
  if (!token) throw new StartFault("there is no admin token: set ADMIN_TOKEN or ADMIN_TOKEN_FILE");
  const web = createWebClient(settings.WEB_URL ?? urlOf(settings.HOST, settings.WEB_PORT), token);
  const names = Array.from({ length: readers }, (_, at) => `simulated-${seed}-${at + 1}`);
  if (options.erase) {
    for (const reader of names) await web.erase(reader);
    return console.log(options.json ? JSON.stringify({ erased: readers }) : `erased ${countOf(readers, "reader")}`);
  }

  const books = await web.books();
  if (books.length === 0) throw new StartFault("the catalogue is empty: import books first");
  const random = createRandom(seed);
  const playing = names.map((name) => actsOf(name, books, random.fork(name)));
  const show = throttle((done: number) => console.error(countOf(done, "act")), { everyMs: 1_000 });
  const begun = clock.now();
  let [sent, accepted] = [0, 0];
  while (sent < acts) {
    const batch: SimulatedAct[] = [];
    while (batch.length < Math.min(BATCH, acts - sent)) batch.push(random.pick(playing).next().value!);
    accepted += await web.send(batch);
    sent += batch.length;
    if (!options.json) show(sent);
    const aheadMs = 1_000 * sent / rate - elapsedMs(clock, begun);
    if (sent < acts && aheadMs > 0) await clock.sleep(aheadMs);
  }
  console.log(
    options.json
      ? JSON.stringify({ readers, acts: sent, accepted })
      : `${countOf(readers, "reader")} did ${countOf(sent, "act")}; web accepted ${accepted}`,
  );
}

await runCommand(program);
Deno.exit(Deno.exitCode);
