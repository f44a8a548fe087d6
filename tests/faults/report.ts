import { join } from "node:path";
import type { State } from "@/tests/oracle/calls.ts";
import type { Violation } from "@/tests/oracle/violation.ts";
import type { Scenario } from "./scenario.ts";

/** What came of one scenario. */
export type Outcome = {
  violations: Violation[];
  said: string[];
  calls: Record<State, number>;
  figures: Record<string, number | string>;
  history: string[];
  /** What each process said on standard error. */
  logs: Record<string, string>;
};
/** `args`: those that chose the scenario. */
type Setting = { seed: number; log: string; store: string; tookMs: number; args: string };

/** Writes the outcome as JSON and as a page; with violations also the history and the processes' logs. Returns the page's path. */
export async function writeReport(
  folder: string,
  scenario: Scenario,
  setting: Setting,
  outcome: Outcome,
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  const { history, logs, ...short } = outcome;
  const name = `${scenario.id}-${setting.log}-${setting.store}-${setting.seed}`;
  const { id, title, how, invariants } = scenario;
  const json = { scenario: { id, title, how, invariants }, ...setting, machine: machine(), ...short };
  await Deno.writeTextFile(join(folder, `${name}.json`), JSON.stringify(json, undefined, 2));
  if (outcome.violations.length > 0) {
    await Deno.writeTextFile(join(folder, `${name}.history.txt`), history.join("\n"));
    for (const [process, log] of Object.entries(logs)) {
      await Deno.writeTextFile(join(folder, `${name}.${process}.log`), log);
    }
  }
  const page = join(folder, `${name}.md`);
  await Deno.writeTextFile(page, pageOf(scenario, setting, outcome));
  return page;
}

const machine = () => ({ cores: navigator.hardwareConcurrency, deno: Deno.version.deno, system: Deno.build.target });

function pageOf(scenario: Scenario, setting: Setting, { violations, said, calls, figures }: Outcome): string {
  const { seed, log, store, tookMs } = setting;
  const rows = Object.entries({
    "commands answered with yes": calls.ok,
    "commands refused": calls.refused,
    "commands without an answer": calls.unknown,
    ...figures,
    "seconds in all": Number((tookMs / 1000).toFixed(1)),
  });
  return [
    `# ${scenario.id}: ${scenario.title}`,
    violations.length === 0 ? "Every promise was kept." : `**${violations.length} promises were not kept.**`,
    `${scenario.how} Log: ${log}; stores: ${store}; seed ${seed}. First put to the test: ${
      scenario.invariants.join(", ")
    }.`,
    ...violations.map(({ invariant, what, count, examples }) =>
      [`## ${invariant}: ${what} (${count})`, "", ...examples.map((one) => `- ${one.replaceAll("\n", " ")}`)].join("\n")
    ),
    ["| what | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n"),
    ["## What was done", "", ...said.map((line) => `- ${line}`)].join("\n"),
    ["## Again", "", "```sh", commandOf(setting), "```"].join("\n"),
  ].join("\n\n") + "\n";
}

/** The command that does the same again: what is done follows from the seed, when the machine does it does not. */
export const commandOf = ({ seed, log, store, args }: Setting): string =>
  `deno task faults ${args} --seed ${seed} --log ${log} --store ${store}`;
