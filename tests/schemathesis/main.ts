/** `deno task schemathesis`: property-based calls of every service by its OpenAPI document, with and without a token. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "@/application/faults.ts";
import { killAll, ready, type Service } from "@/tests/support/processes/processes.ts";

const VERSION = "4.32.5";
const TOKEN = "a-token-for-schemathesis-only";
/**
 * Without the check that what matches the schema is taken: no schema can say that an id is free, that a cursor was given by this
 * service, or that `If-Match` names the version at hand.
 */
const LEFT_OUT = "positive_data_acceptance";
/** With the token each call is authorised by it, whatever cookie is made up beside it. */
const LEFT_OUT_WITH_TOKEN = `${LEFT_OUT},ignored_auth`;
/** What breaks the schema may also be too long for any route. */
const CONFIG = `[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431, "5xx"]
`;
const SERVICES: Exclude<Service, "suite">[] = ["web", "trend", "recommendation"];

const USAGE = `deno task schemathesis [--examples N] [--seed N]

Installs schemathesis ${VERSION} into a temporary folder (python3, pip), starts the suite on SQLite there, and calls each service
by its /openapi.json, with and without the admin token: at most N examples an operation (default 400). Exit status 0 when nothing was found.`;

function refuse(fault: string): never {
  console.error(`${fault}\n\n${USAGE}`);
  Deno.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      args: Deno.args,
      options: {
        examples: { type: "string", default: "400" },
        seed: { type: "string", default: String(crypto.getRandomValues(new Uint16Array(1))[0]) },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    return refuse(messageOf(error));
  }
}

const values = readArguments();
if (values.help === true) {
  console.log(USAGE);
  Deno.exit(0);
}
if (!/^[1-9]\d*$/.test(values.examples)) {
  refuse(`--examples: wanted a whole number from 1, found ${values.examples}`);
}
if (!/^\d+$/.test(values.seed)) refuse(`--seed: wanted a whole number, found ${values.seed}`);

const folder = await Deno.makeTempDir({ prefix: "bookstream-schemathesis-" });
await Deno.writeTextFile(join(folder, "schemathesis.toml"), CONFIG);
const failed: string[] = [];
const suite = await ready("suite", {
  DATA_DIR: join(folder, "data"),
  ADMIN_TOKEN: TOKEN,
  LOG_LEVEL: "error",
});
try {
  await call("python3", ["-m", "venv", join(folder, "venv")]);
  await call(join(folder, "venv/bin/pip"), ["install", "--quiet", `schemathesis==${VERSION}`]);
  for (const name of SERVICES) {
    for (const token of [undefined, TOKEN]) {
      const title = `${name} ${token === undefined ? "without a token" : "with the token"}`;
      console.log(`\n${title}, seed ${values.seed}`);
      if (!(await callService(suite.url(name), token))) failed.push(title);
    }
  }
} finally {
  await killAll([suite]);
  await Deno.remove(folder, { recursive: true });
}
if (suite.err() !== "") console.log(`\nthe suite logged:\n${suite.err()}`);
console.log(failed.length === 0 ? "\nnothing was found" : `\nfound something: ${failed.join(", ")}`);
Deno.exit(failed.length === 0 ? 0 : 1);

/** Whether nothing was found. */
async function callService(url: string, token: string | undefined): Promise<boolean> {
  const leftOut = token === undefined ? LEFT_OUT : LEFT_OUT_WITH_TOKEN;
  const args = ["run", `${url}/openapi.json`, "--exclude-checks", leftOut, "--max-examples", values.examples];
  const header = token === undefined ? [] : ["--header", `Authorization: Bearer ${token}`];
  const { success } = await new Deno.Command(join(folder, "venv/bin/schemathesis"), {
    args: [...args, "--seed", values.seed, "--no-color", ...header],
    cwd: folder,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  return success;
}

async function call(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null", stderr: "piped" }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
}
