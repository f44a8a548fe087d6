import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { newestOf, type Token } from "@/adapters/http/base/security/auth.ts";
import { adminToken, operatorToken, readersTokenOf } from "@/services/shared/adapters/data_folder.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { silent } from "@/tests/support/samples.ts";

describe("secrets among the settings", () => {
  it("takes a secret from one place: not by itself and as a file, and where it was said last", async () => {
    const secret = await Deno.makeTempFile();
    const other = await Deno.makeTempFile();
    await Deno.writeTextFile(secret, "token-of-the-first-file");
    await Deno.writeTextFile(other, `ADMIN_TOKEN=token-of-the-env-file\nKAFKA_PASSWORD=q\n`);
    const both = { ADMIN_TOKEN: "a-long-enough-token", ADMIN_TOKEN_FILE: secret };
    expect(() => readSettings(both, [])).toThrow(/ADMIN_TOKEN: wanted it or ADMIN_TOKEN_FILE, found both/);
    const args = ["--env-file", other];
    const kafka = { KAFKA_BROKERS: "b:9092", KAFKA_TLS: "on", KAFKA_SASL: "plain", KAFKA_USERNAME: "u" };
    const read = readSettings({ ...kafka, KAFKA_PASSWORD: "", ADMIN_TOKEN_FILE: secret }, args);
    expect([read.ADMIN_TOKEN, read.KAFKA_PASSWORD]).toEqual(["token-of-the-first-file", "q"]);
    await Promise.all([secret, other].map((file) => Deno.remove(file)));
  });

  it("refuses a token that no request could carry", () => {
    for (const token of ["sixteen characters long", "sechzehn-zeichen-ä", " ".repeat(20)]) {
      expect(() => readSettings({ ADMIN_TOKEN: token }, [])).toThrow(/ADMIN_TOKEN: wanted 16 or more ASCII/);
    }
  });

  it("reads the token of a shared data folder also where log and stores are on servers, once web has made it", async () => {
    const folder = await Deno.makeTempDir();
    const lines: unknown[] = [];
    const logger = { ...silent, warn: (event: string, fields?: object) => void lines.push([event, fields]) };
    const settings = readSettings({ DATA_DIR: folder, KAFKA_BROKERS: "b:9092", MYSQL_URL: "mysql://u:p@db" }, []);
    const held = (token: Token) => typeof token === "string" ? [token] : [...token()];
    const early = operatorToken(settings, logger);
    expect(held(early)).toEqual([]);
    expect(lines).toEqual([["admin-token-awaited", { file: `${folder}/admin-token` }]]);
    expect([...Deno.readDirSync(folder)]).toEqual([]);
    const made = newestOf(adminToken(settings, silent).token);
    expect([held(early), held(operatorToken(settings, logger))]).toEqual([[made], [made]]);
    expect(lines.length).toBe(1);
    await Deno.remove(folder, { recursive: true });
  });

  it("refuses a token file of the data folder that holds less than a token", async () => {
    const folder = await Deno.makeTempDir();
    const read = () => adminToken({ ADMIN_TOKEN: undefined, ADMIN_TOKEN_FILE: undefined, DATA_DIR: folder }, silent);
    const { token, file } = read();
    const made = newestOf(token);
    expect(made).toMatch(/^[0-9a-f]{32}$/);
    expect([newestOf(read().token), read().file]).toEqual([made, file]);
    await Deno.writeTextFile(file!, made.slice(0, 4));
    expect(read).toThrow(/admin-token holds no token/);
    await Deno.remove(folder, { recursive: true });
  });

  it("reads tokens again when their file changes, keeps the last while it holds none, and says so once", async () => {
    const file = await Deno.makeTempFile();
    const said: unknown[] = [];
    const logger = { ...silent, error: (event: string, facts?: object) => void said.push({ event, ...facts }) };
    const write = (text: string) => Deno.writeTextFile(file, text);
    const [old, fresh] = ["the-old-token-of-16", "the-new-token-of-16"];
    await write(old);
    const read = readersTokenOf(readSettings({ READERS_TOKEN_FILE: file }, []), logger) as () => readonly string[];
    expect(read()).toEqual([old]);
    for (
      const [text, tokens] of [
        [`${fresh}\n${old}\n`, [fresh, old]],
        [`${fresh}\r\n\r\n  ${old}\r\n`, [fresh, old]],
        [fresh, [fresh]],
      ] as const
    ) {
      await write(text);
      expect(read()).toEqual(tokens);
    }
    for (const bad of [`${fresh}\nshort`, "two tokens-on-one-line-of-text", "hunter2"]) {
      await write(bad);
      expect([read(), read()]).toEqual([[fresh], [fresh]]);
      expect(said.splice(0)).toEqual([{ event: "secret-refused", setting: "READERS_TOKEN_FILE" }]);
      expect(() => readSettings({ READERS_TOKEN_FILE: file }, [])).toThrow(/READERS_TOKEN: wanted 16 or more/);
    }
    await Deno.remove(file);
    expect(read()).toEqual([fresh]);
  });

  it("takes the token from a file", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "a-long-enough-token\n");
    expect(readSettings({ ADMIN_TOKEN_FILE: file }, []).ADMIN_TOKEN).toBe("a-long-enough-token");
    await Deno.remove(file);
  });
});
