import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { operate } from "@/tests/support/processes/processes.ts";

const folder = Deno.makeTempDirSync();
const kafkaGone = { KAFKA_BROKERS: "127.0.0.1:1" };
const mysqlGone = { MYSQL_URL: "mysql://root@127.0.0.1:1" };

/** Commands by what is wrong, and the last line that they end with. */
const FAULTS: [of: string, args: string[], env: Record<string, string>, says: RegExp][] = [
  ["no argument", ["rebuild"], {}, /^bookstream rebuild: missing required argument .*; see deno task rebuild --help$/],
  ["a wrong command", ["tune", "nope"], {}, /^bookstream tune: unknown command 'nope'; see deno task tune --help$/],
  ["a wrong command beside a default one", ["topics", "nope"], {}, /: wanted list or add-partitions, found nope$/],
  [
    "--yes without what it confirms",
    ["import", "x.csv", "--yes"],
    {},
    /: wanted --replace with --yes, found --yes alone$/,
  ],
  ["what is piped in", ["import", "-"], {}, /: wanted the name of a file: what is piped in is not read$/],
  [
    "an empty separator",
    ["import", import.meta.filename!, "--separator", ""],
    {},
    /: --separator: wanted a value, found none$/,
  ],
  [
    "a misspelled option of a sub-command",
    ["tune", "trend", "--minuts", "3"],
    {},
    /^bookstream tune: unknown option .*mean --minutes.*; see deno task tune trend --help$/,
  ],
  [
    "brokers that are gone",
    ["topics"],
    kafkaGone,
    /the event log cannot be opened: the log does not answer: .*KAFKA_BROKERS/,
  ],
  ["brokers that are gone, for a rebuild", ["rebuild", "trend"], kafkaGone, /the event log cannot .*KAFKA_BROKERS/],
  ["a store that is gone", ["dead-letters", "list"], mysqlGone, /the web store cannot be opened: .*MYSQL_URL/],
  ["an id of another form", ["dead-letters", "show", "12"], {}, /wanted a dead letter like trend-12, found 12$/],
  ["an id that is not there", ["dead-letters", "show", "web-12"], {}, /there is no dead letter web-12/],
];

describe("a command that cannot be done says in its last line what is wrong", () => {
  after(() => Deno.removeSync(folder, { recursive: true }));

  for (const [of, args, env, says] of FAULTS) {
    it(of, async () => {
      const { code, err } = await operate(args[0]!, args.slice(1), { DATA_DIR: join(folder, "data"), ...env });
      expect(err.trimEnd().split("\n").at(-1)).toMatch(says);
      expect(code).toBe(1);
    });
  }
});
