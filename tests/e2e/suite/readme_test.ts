import { join } from "node:path";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { text } from "@/tests/docs/pages.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { ready } from "@/tests/support/processes/processes.ts";

const CALL = /```sh\n(curl .+)\n```\n(?:\n[^`\n]*)*?\n*```json\n([\s\S]*?)```/g;
/** The calls of the first two pages, each with the answer that stands under it. */
const CALLS = ["README.md", "docs/first-steps.md"].flatMap((page) => [...text(page).matchAll(CALL)]).map((
  [, call, answer],
) => ({ call: call!, answer: JSON.parse(answer!) }));
const PORTS: Record<string, string> = { "8000": "web", "8001": "trend", "8002": "recommendation" };

/** The first items of a list are those that the page shows. */
const shown = (said: { items?: unknown[] }, answer: { items?: unknown[] }) =>
  answer.items === undefined ? said : { ...said, items: said.items?.slice(0, answer.items.length) };

describe("the calls of the README and of the first steps, one after the other on a first start", () => {
  let folder: string;
  let suite: Started;
  before(async () => {
    folder = await Deno.makeTempDir();
    suite = await ready("suite", { DATA_DIR: folder });
  });
  after(async () => {
    suite.signal("SIGTERM");
    await suite.ended();
    await Deno.remove(folder, { recursive: true });
  });

  it("are five", () => expect(CALLS.length).toBe(5));

  for (const { call, answer } of CALLS) {
    it(`${call} is answered as it says`, async () => {
      const here = call.replaceAll(/http:\/\/127\.0\.0\.1:(\d+)/g, (_, port) => suite.url(PORTS[port]!));
      const TOKEN = (await Deno.readTextFile(join(folder, "admin-token"))).trim();
      const ask = async () => {
        const { stdout } = await new Deno.Command("bash", { args: ["-c", `${here} -s`], env: { TOKEN } }).output();
        return shown(JSON.parse(new TextDecoder().decode(stdout)), answer);
      };
      // What is written is asked once; what follows from an event is there a moment later.
      if (call.includes("--json")) expect(await ask()).toMatchObject(answer);
      else {
        await eventually(async () => {
          expect(await ask()).toMatchObject(answer);
          return true;
        });
      }
    });
  }
});
