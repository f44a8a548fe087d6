/** The catalogue, brought as an operator does while the suite runs. */
import { commandOf } from "@/services/launch/child.ts";
import { BOOKS } from "@/bench/acts.ts";
import { type Report, timed, until } from "@/bench/report.ts";
import { handled } from "./handled.ts";
import type { Shop } from "./processes.ts";

export async function bringCatalogue({ folder, env, urlOf }: Shop, report: Report): Promise<void> {
  const file = `${folder}/books.jsonl`;
  const book = (at: number) => ({
    id: String(at + 1),
    title: `Book number ${at + 1}`,
    authors: [`Author ${at % 2500}`],
  });
  await Deno.writeTextFile(file, Array.from({ length: BOOKS }, (_, at) => JSON.stringify(book(at))).join("\n"));
  const tookMs = await timed(async () => {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: commandOf("import", [file, "--json"], env),
      env,
      stdout: "null",
    }).output();
    if (code !== 0) throw new Error(`the import ended with ${code}`);
  });
  report.keep("books", tookMs / 1_000, "s");
  report.say(`import while the suite runs: ${BOOKS} books in ${(tookMs / 1_000).toFixed(1)} s`);
  const consumers = [urlOf("trend"), urlOf("recommendation")];
  await until(async () => (await Promise.all(consumers.map(handled))).every((count) => count >= BOOKS), 50);
}
