import { parseArgs } from "node:util";
import type { LogKind, StoreKind } from "@/tests/faults/world/servers.ts";

export type Options = {
  /** Ids of the wanted scenarios; all where missing. */
  scenarios?: string[];
  mix?: "short";
  /** Goes on with other seeds until so many minutes have passed. */
  minutes?: number;
  /** How long the scenario's harm lasts, and the arguments that said so. */
  lasting?: { ms: number; args: string };
  /** The commit or tag of the version before; the newest tag where missing. */
  before?: string;
  /** Cuts the power of an embedded suite so many times, in the place of all else. */
  power?: number;
  seed: number;
  log: LogKind;
  store: StoreKind;
  report: string;
  loud: boolean;
};

export const USAGE =
  `deno task faults [--scenario F1,F6] [--mix short|all] [--minutes N] [--abuse N] [--soak N] [--power N] [--seed S] [--report DIR] [--quiet]
                 [--before REF]
                 [--log kafka|sqlite] [--store mysql|mariadb|sqlite]

Runs the suite as processes on servers of this run's own, does harm to it, and checks that nothing is lost, doubled or
reordered. Without --seed one is drawn, and printed; without --store it is MySQL for even seeds and MariaDB for odd ones;
without --before the version before is that of the newest tag.
Exit status 0 when every promise was kept.`;

/** Options from the command line. Throws a sentence for what cannot be understood. */
export function optionsOf(args: string[]): Options | "help" {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: {
      scenario: text,
      mix: text,
      minutes: text,
      abuse: text,
      soak: text,
      before: text,
      power: text,
      seed: text,
      log: text,
      store: text,
      report: text,
      help: { type: "boolean" },
      quiet: { type: "boolean" },
    },
  });
  if (values.help === true) return "help";
  const seed = values.seed === undefined
    ? crypto.getRandomValues(new Uint32Array(1))[0]!
    : number("--seed", values.seed);
  return {
    seed,
    ...chosenBy(values),
    ...(values.before === undefined ? {} : { before: values.before }),
    ...(values.power === undefined ? {} : { power: number("--power", values.power) }),
    log: oneOf("--log", values.log ?? "kafka", ["kafka", "sqlite"]),
    store: oneOf("--store", values.store ?? (seed % 2 === 0 ? "mysql" : "mariadb"), ["mysql", "mariadb", "sqlite"]),
    report: values.report ?? Deno.makeTempDirSync({ prefix: "bookstream-faults-report-" }),
    loud: values.quiet !== true,
  };
}

type Asked = { scenario?: string; mix?: string; minutes?: string; abuse?: string; soak?: string };
type Chosen = Pick<Options, "scenarios" | "mix" | "minutes" | "lasting">;

/** Which scenarios are run, and for how long: one of those that last as long as asked, or some one after the other. */
function chosenBy({ scenario, mix, minutes, abuse, soak }: Asked): Chosen {
  const lasting = (id: string, name: string, value: string, args = `${name} ${value}`): Chosen => ({
    scenarios: [id],
    lasting: { ms: number(name, value) * 60_000, args },
  });
  if (abuse !== undefined) return lasting("F48", "--abuse", abuse);
  if (soak !== undefined) return lasting("F53", "--soak", soak);
  const wanted = mix === undefined ? undefined : oneOf("--mix", mix, ["short", "all"]);
  if (wanted === "all") return lasting("F50", "--minutes", minutes ?? "1", `--mix all --minutes ${minutes ?? "1"}`);
  return {
    ...(scenario === undefined ? {} : { scenarios: scenario.toUpperCase().split(",") }),
    ...(wanted === undefined ? {} : { mix: wanted }),
    ...(minutes === undefined ? {} : { minutes: number("--minutes", minutes) }),
  };
}

function number(name: string, value: string): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new Error(`${name}: wanted a number, found ${value}`);
}

function oneOf<Value extends string>(name: string, value: string, known: readonly Value[]): Value {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`${name}: wanted ${known.join(" or ")}, found ${value}`);
  return found;
}
