import { Command } from "commander";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { countOf } from "@/application/shared/text/count_of.ts";
import { showDeadLetter, showWholeDeadLetter } from "@/application/messaging/dead_letters/schemas.ts";
import { deadLetterName, parseDeadLetterName } from "@/application/messaging/dead_letters/dead_letter_name.ts";
import type { Closed } from "@/application/messaging/dead_letters/close.ts";
import { discard, replay } from "@/application/messaging/dead_letters/replay.ts";
import { selectForDiscard, selectForReplay } from "@/application/messaging/dead_letters/selection.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { park, type ParkOptions } from "./park.ts";
import {
  inEach,
  logger,
  type Service,
  SERVICES,
  servicesOf,
  type StoreOptions,
} from "@/services/cli/service_stores.ts";
import { runCommand } from "@/services/shared/process/command_line.ts";

type Options = StoreOptions & { limit?: string; all?: true; dryRun?: true; json?: true };

/** Parses names of dead letters to their ids by service. */
function parseNames(names: string[]): Map<Service, number[]> {
  const found = new Map<Service, number[]>();
  for (const given of names) {
    const name = parseDeadLetterName(given);
    const known = SERVICES.find((one) => one === name?.service);
    if (name === undefined || known === undefined) {
      throw new StartFault(`wanted a dead letter like trend-12, found ${given}`);
    }
    found.set(known, [...found.get(known) ?? [], name.id]);
  }
  return found;
}

async function list(options: Options): Promise<void> {
  const most = Number(options.limit ?? 100);
  if (!(most >= 1)) throw new StartFault(`--limit: wanted a whole number from 1, found ${options.limit}`);
  let count = 0;
  await inEach(options, async (service, { store }) => {
    for (const letter of await store.deadLetters.list({}, 0, most)) {
      const shown = showDeadLetter(service, letter);
      count++;
      if (options.json) console.log(JSON.stringify(shown));
      else {
        console.log(
          `${shown.id}  ${shown.at}  ${shown.consumer}  ${shown.reason}  ${shown.type ?? "?"}  key ${
            shown.key ?? "none"
          }` +
            `  tried ${shown.attempts}×\n    ${shown.detail}`,
        );
      }
    }
  });
  if (!options.json) console.log(count === 0 ? "no dead letters" : countOf(count, "dead letter"));
}

async function show(letter: string, options: Options): Promise<void> {
  for (const [service, [id]] of parseNames([letter])) {
    await inEach(options, async (service, { store }) => {
      const found = await store.deadLetters.get(id!);
      if (found === undefined) {
        throw new StartFault(`there is no dead letter ${letter}, or it was replayed or discarded`);
      }
      console.log(JSON.stringify(showWholeDeadLetter(service, found), null, options.json ? 0 : 2));
    }, [service]);
  }
}

/** Replays or discards dead letters and prints the result of each. Ends with status 1 when one failed or is missing. */
async function close(
  act: typeof replay,
  select: typeof selectForReplay,
  names: string[],
  options: Options,
): Promise<void> {
  if ((names.length === 0) === (options.all !== true)) {
    throw new StartFault("wanted dead letters, as list shows them, or --all");
  }
  const asked = parseNames(names);
  const totals: Record<string, number> = {};
  let left = 0;
  const report = (service: Service, { id, came, detail }: Closed) => {
    totals[came] = (totals[came] ?? 0) + 1;
    if (came === "failed" || came === "waiting") left++;
    if (options.json) console.log(JSON.stringify({ id: deadLetterName(service, id), came, detail }));
    else console.log(`${deadLetterName(service, id)} ${came}${detail === undefined ? "" : `: ${detail}`}`);
  };
  await inEach(options, async (service, { store, sinks }) => {
    const ids = asked.get(service);
    for (const id of ids ?? []) {
      if (await store.deadLetters.get(id) !== undefined) continue;
      left++;
      console.error(`there is no dead letter ${deadLetterName(service, id)}, or it was replayed or discarded`);
    }
    if (options.dryRun) {
      const would = act === replay ? "would be tried" : "would be discarded";
      for await (const page of select(store.deadLetters, ids)) {
        for (const { id } of page) console.log(`${deadLetterName(service, id)} ${would}`);
      }
      return;
    }
    for await (const page of act({ deadLetters: store.deadLetters, sinks, clock, logger }, ids)) {
      for (const one of page) report(service, one);
    }
  }, names.length === 0 ? servicesOf(options) : [...asked.keys()]);
  const said = Object.entries(totals).map(([came, count]) => `${count} ${came}`).join(", ");
  if (!options.json && !options.dryRun) console.log(said === "" ? "no dead letters" : said);
  if (left > 0) Deno.exitCode = 1;
}

const program = new Command("dead-letters")
  .description("Messages that could not be handled and were parked. Works while the suite is running or not.");
const sub = (name: string, description: string) =>
  program.command(name).description(description)
    .option("--json", "print JSON, a line for each dead letter")
    .option("--env-file <file>", "settings; the environment wins");
sub("list", "the dead letters, oldest first")
  .option("--service <name>", `only those of ${SERVICES.join(", ")}`)
  .option("--limit <number>", "at most so many of each service", "100")
  .action(list);
sub("show", "a dead letter with its message").argument("<dead-letter>", "as list shows it, like trend-12").action(show);
for (
  const [name, act, select, description] of [
    [
      "replay",
      replay,
      selectForReplay,
      "handles dead letters again, each with all others of its key, in order; safe to run twice",
    ],
    [
      "discard",
      discard,
      selectForDiscard,
      "gives dead letters up for good; replay handles the messages that wait behind them",
    ],
  ] as const
) {
  sub(name, description)
    .argument("[dead-letters...]", "as list shows them")
    .option("--all", "every dead letter")
    .option("--service <name>", `with --all: only those of ${SERVICES.join(", ")}`)
    .option("--dry-run", "say which dead letters, change nothing")
    .action((names: string[], options: Options) => close(act, select, names, options));
}

sub("park", "parks a message that the log cannot read, so that the consumers that are stuck at it go on")
  .argument("<place>", "as the log line partition-stuck has it, like bookstream.activity.events/3@120")
  .option(
    "--to <position>",
    "skip all messages before this position, where the end of the unreadable message is not known",
  )
  .option("--service <name>", `only consumers of ${SERVICES.join(", ")}`)
  .option("--dry-run", "say what would be parked, park nothing")
  .action((place: string, options: ParkOptions) => park(place, options));

await runCommand(program);
