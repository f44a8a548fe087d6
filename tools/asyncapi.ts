import { type AsyncApi, asyncApi } from "@/application/published/asyncapi.ts";
import { breachesOf } from "@/application/published/breaches.ts";

/** Where the published language is kept. */
const FILE = new URL("../docs/asyncapi.json", import.meta.url);

if (Deno.args.length > 0) {
  console.error(`writes docs/asyncapi.json from the schemas; wanted no arguments, found ${Deno.args.join(" ")}`);
  Deno.exit(Deno.args[0] === "--help" ? 0 : 1);
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
