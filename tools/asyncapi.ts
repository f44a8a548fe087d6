import { type AsyncApi, asyncApi } from "@/application/published/asyncapi.ts";
import { breachesOf } from "@/application/published/breaches.ts";

/** The file of the AsyncAPI document. */
const FILE = new URL("../docs/asyncapi.json", import.meta.url);

const HELP = `Usage: deno task asyncapi

Writes docs/asyncapi.json, the AsyncAPI document of all messages, from their schemas.
It takes no arguments, and refuses changes that would break programs which read the messages.`;

if (Deno.args.includes("--help")) {
  console.log(HELP);
  Deno.exit(0);
}
if (Deno.args.length > 0) {
  console.error(`asyncapi: wanted no arguments, found ${Deno.args.join(" ")}`);
  Deno.exit(1);
}
const before = await read();
const after = asyncApi();
const breaches = before === undefined ? [] : breachesOf(before, after);
if (breaches.length > 0) {
  console.error("docs/asyncapi.json stays as it is: others rely on what would change.");
  for (const breach of breaches) console.error(`  ${breach}`);
  console.error("Publish another major version (a new type) beside the old one instead.");
  Deno.exit(1);
}
await Deno.writeTextFile(FILE, JSON.stringify(after, null, 2) + "\n");
console.log("docs/asyncapi.json is up to date");

async function read(): Promise<AsyncApi | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
