import { start } from "@/tests/support/processes/processes.ts";
import type { Scenario } from "../scenario.ts";
import type { World } from "@/tests/faults/world/world.ts";

/** How long a process may try before it gives up on settings that cannot work. */
const PATIENCE_MS = 45_000;

type Wrong = { what: string; env: Record<string, string>; says: RegExp };

/** Settings that cannot work, each with what must be said about it. */
const wrong = ({ servers, member }: World): Wrong[] => {
  const { MYSQL_URL: url = "" } = member("trend").env;
  return [
    {
      what: "a login at a broker without",
      env: { KAFKA_SASL: "plain", KAFKA_PLAIN_WITHOUT_TLS: "on", KAFKA_USERNAME: "u", KAFKA_PASSWORD: "p" },
      says: /the event log cannot be opened/,
    },
    ...(servers.database === undefined ? [] : [
      {
        what: "a wrong password",
        env: { MYSQL_URL: url.replace("root@", "root:wrong@") },
        says: /the trend store cannot be opened.*denied/i,
      },
      {
        what: "TLS to a database that cannot show who it is",
        env: { MYSQL_TLS: "on" },
        says: /the trend store cannot be opened/,
      },
    ]),
    { what: "another log than the store has read", env: { KAFKA_BROKERS: "" }, says: /has read log/ },
  ];
};

export const STARTS: Scenario[] = [
  {
    id: "F32",
    title: "tables are made by several processes at once, which are killed",
    how:
      "Three processes start on an empty database at once and are killed at a random moment, again and again; then they may finish.",
    needs: ["database"],
    invariants: ["I13"],
    async run({ random, services, member, tables, sleep, say, breach }) {
      const fresh = { MYSQL_PREFIX: `${member("trend").env.MYSQL_PREFIX}m_` };
      const names = ["trend-2", "trend-3", "trend-4"];
      for (let round = 0; round < 3; round++) {
        for (const name of names) services.launch(member(name, fresh));
        await sleep(random.int(800, 3_000));
        await Promise.all(names.map((name) => services.kill(name)));
        say("kill -9 of three processes that may be making their tables");
      }
      await Promise.all(names.map((name) => services.up(member(name, fresh))));
      const columns = async (prefix: string) => {
        const connection = await tables.connect("trend");
        const rows = await connection.run(
          "SELECT TABLE_NAME AS name, COLUMN_NAME AS field, COLUMN_TYPE AS type FROM information_schema.COLUMNS " +
            // The harness keeps notes of its own in the tables of the run.
            `WHERE TABLE_SCHEMA = '${prefix}trend' AND TABLE_NAME <> 'fault_audit'`,
        );
        connection.close();
        return new Set(rows.map(({ name, field, type }) => `${name}.${field} ${type}`));
      };
      const made = await columns(fresh.MYSQL_PREFIX);
      const wanted = await columns(member("trend").env.MYSQL_PREFIX!);
      for (const one of made.symmetricDifference(wanted)) {
        breach(
          "I13",
          "the tables differ from those made in peace",
          `${made.has(one) ? "too much" : "missing"}: ${one}`,
        );
      }
      for (const name of names) await services.stop(name);
      const connection = await tables.connect("trend");
      await connection.run(`DROP DATABASE ${fresh.MYSQL_PREFIX}trend`);
      connection.close();
    },
  },
  {
    id: "F36",
    title: "settings that cannot work",
    how:
      "A process starts with a wrong login or password, with TLS where there is none, at another log: it ends soon, with " +
      "status 1 and one message that says what is wrong.",
    needs: ["kafka"],
    invariants: ["I13"],
    async run(world) {
      const { member, say, breach } = world;
      for (const { what, env, says } of wrong(world)) {
        const process = start("trend", { ...member("trend").env, ...env, LOG_LEVEL: "error" });
        const late = setTimeout(() => process.signal("SIGKILL"), PATIENCE_MS);
        const { code, tookMs } = await process.ended();
        clearTimeout(late);
        const said = process.err().trim().split("\n").filter((line) => line.startsWith("bookstream:")).at(-1) ??
          process.err();
        say(`${what}: status ${code} after ${(tookMs / 1000).toFixed(1)} s: ${said.slice(0, 160)}`);
        if (code !== 1) {
          breach("I13", "settings that cannot work did not end in status 1", `${what}: ${code} after ${tookMs} ms`);
        } else if (!says.test(said)) breach("I13", "what is wrong was not said", `${what}: ${said.slice(0, 300)}`);
      }
    },
  },
];
