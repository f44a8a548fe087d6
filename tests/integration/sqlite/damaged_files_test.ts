import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSuite } from "@/tests/support/suites/embedded_suite.ts";
import { fillEmbedded } from "@/tests/support/suites/fill_embedded.ts";

const FILES = ["web.db", "trend.db", "recommendation.db", "log.db"];

describe("a file of the embedded default that is damaged", () => {
  let [folder, copy] = ["", ""];
  before(async () => {
    [folder, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
    await fillEmbedded(folder);
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      if (isFile) await Deno.copyFile(join(folder, name), join(copy, name));
    }
  });
  after(async () => {
    for (const one of [folder, copy]) await Deno.remove(one, { recursive: true });
  });
  const restore = async () => {
    for (const { name, isFile } of Deno.readDirSync(folder)) if (isFile) await Deno.remove(join(folder, name));
    for (const { name } of Deno.readDirSync(copy)) await Deno.copyFile(join(copy, name), join(folder, name));
  };
  /** What a start says. */
  const opened = async () => {
    try {
      await (await openSuite({ DATA_DIR: folder })).close();
      return "opened";
    } catch (error) {
      return (error as Error).message;
    }
  };
  /** Changes a byte at a share of the file. */
  async function flip(name: string, share: number): Promise<void> {
    const bytes = await Deno.readFile(join(folder, name));
    bytes[Math.floor(share * (bytes.length - 1))]! ^= 0x10;
    await Deno.writeFile(join(folder, name), bytes);
  }

  it("is refused at start by one flipped byte, wherever it is, in a line that names the file", async () => {
    for (const name of FILES) {
      for (const share of [0, 0.001, 0.2, 0.37, 0.5, 0.71, 0.93, 1]) {
        await restore();
        await flip(name, share);
        const said = await opened();
        expect([name, share, said]).toEqual([name, share, expect.stringContaining(join(folder, name))]);
        expect(said).not.toContain("\n");
      }
    }
  });

  it("is refused at start when its tail is cut off, also after a kill, which leaves no checksum", async () => {
    for (const name of FILES) {
      for (const bytes of [1, 4_096, 20_000]) {
        for (const isSealed of [true, false]) {
          await restore();
          const file = join(folder, name);
          Deno.truncateSync(file, Deno.statSync(file).size - bytes);
          if (!isSealed) await Deno.remove(`${file}.sum`);
          expect([name, bytes, await opened()]).toEqual([name, bytes, expect.stringContaining(file)]);
        }
      }
    }
  });

  it("is opened after a kill, also where another process sealed it while this one was being opened", async () => {
    await restore();
    const other = new DatabaseSync(join(folder, "web.db"));
    other.exec("PRAGMA journal_mode = WAL; SELECT COUNT(*) FROM sqlite_schema");
    const suite = await openSuite({ DATA_DIR: folder });
    expect(Deno.readTextFileSync(join(folder, "web.db.sum"))).toBe("");
    await suite.close();
    other.close();
  });

  it("is made again where it holds nothing that has to last: log_groups.db", async () => {
    await restore();
    Deno.truncateSync(join(folder, "log_groups.db"), 5_000);
    expect(await opened()).toBe("opened");
  });

  it("opens as often as it is closed when nothing is wrong, and after a kill", async () => {
    await restore();
    for (let times = 0; times < 3; times++) expect(await opened()).toBe("opened");
    for (const name of FILES) await Deno.remove(join(folder, `${name}.sum`));
    expect(await opened()).toBe("opened");
  });
});
