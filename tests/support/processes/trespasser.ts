/** Tries what no service needs to do, with a service's permissions, and prints the results. */
const [data, other] = Deno.args as [string, string];

const ATTEMPTS: Record<string, () => unknown> = {
  "write a source": () => Deno.writeTextFileSync("domain/text.ts", "", { append: true }),
  "make a source": () => Deno.writeTextFileSync("services/new.ts", ""),
  "write elsewhere": () => Deno.writeTextFileSync(`${other}/new`, ""),
  "read elsewhere": () => Deno.readTextFileSync("/etc/passwd"),
  "run a program": () => new Deno.Command("true").outputSync(),
  "connect elsewhere": () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
  "listen elsewhere": () => Deno.listen({ hostname: "0.0.0.0", port: 8099 }),
  "see the environment": () => Deno.env.get("TRESPASSER_SEES") ?? Promise.reject(new Deno.errors.NotCapable("ignored")),
  "write data": () => Deno.writeTextFileSync(`${data}/own`, ""),
  "read the project": () => Deno.readTextFileSync("deno.json"),
};

const came: Record<string, string> = {};
for (const [what, attempt] of Object.entries(ATTEMPTS)) {
  try {
    await attempt();
    came[what] = "done";
  } catch (error) {
    came[what] = error instanceof Deno.errors.NotCapable ? "refused" : (error as Error).message;
  }
}
console.log(JSON.stringify(came));
