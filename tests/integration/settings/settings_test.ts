import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { newestOf, type Token } from "@/adapters/http/base/security/auth.ts";
import { adminToken, operatorToken, readersTokenOf } from "@/services/shared/adapters/data_folder.ts";
import { urlOf } from "@/services/shared/process/listen.ts";
import { kafkaConnection, mysqlConnection } from "@/services/shared/adapters/servers.ts";
import { readSettings, settingsSchema } from "@/services/settings/settings.ts";
import { wantedOf } from "@/application/shared/validation/wanted.ts";
import { silent } from "@/tests/support/samples.ts";

const example = new URL("../../../.env.example", import.meta.url);

describe(".env.example", () => {
  it("names every setting and no other", () => {
    const named = Object.keys(parseEnv(readFileSync(example, "utf8")));
    expect(named.sort()).toEqual(Object.keys(settingsSchema.shape).sort());
  });

  it("says of each setting what --help says", () => {
    const lines = readFileSync(example, "utf8").split("\n");
    for (const [name, { description }] of Object.entries(settingsSchema.shape)) {
      const comment = lines[lines.findIndex((line) => line.startsWith(`${name}=`)) - 1];
      expect([name, comment]).toEqual([name, `# ${description?.replaceAll("`", "")}`]);
    }
  });

  it("holds the defaults", () => {
    expect(readSettings({}, ["--env-file", example.pathname])).toEqual(readSettings({}, []));
  });
});

describe("permissions", () => {
  it("let a service see its settings and what is named like some of them, and nothing else without its settings", () => {
    const { permissions } = JSON.parse(readFileSync(new URL("../../../deno.json", import.meta.url), "utf8"));
    const likeThem = ["KAFKA_*", "MYSQL_*"];
    expect(permissions.service.env.allow.sort()).toEqual([...Object.keys(settingsSchema.shape), ...likeThem].sort());
    const { read, write, net, run, ffi, sys } = permissions.service;
    expect([read, write, net, run, ffi, sys]).toEqual(Array(6).fill(undefined));
  });
});

describe("readSettings()", () => {
  it("lets the environment win over the file", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "WEB_PORT=1\nHOST=::1\n");
    const settings = readSettings({ WEB_PORT: "2" }, [`--env-file=${file}`]);
    expect([settings.WEB_PORT, settings.HOST]).toEqual([2, "::1"]);
    await Deno.remove(file);
  });

  it("names every fault in one message, and shows no secret", () => {
    const read = () => readSettings({ WEB_PORT: "70000", LOG_LEVEL: "loud", ADMIN_TOKEN: "hunter2" }, []);
    expect(read).toThrow(/WEB_PORT[\s\S]*ADMIN_TOKEN[\s\S]*LOG_LEVEL/);
    expect(read).not.toThrow(/hunter2/);
  });

  it("says of each setting that cannot be used what was wanted and what was found, in plain words", () => {
    for (
      const [name, found, says] of [
        ["WEB_PORT", "abc", "wanted a number"],
        ["WEB_PORT", "1.5", "wanted a whole number"],
        ["WEB_PORT", "-1", "wanted 0 or more"],
        ["WEB_PORT", "70000", "wanted 65535 or less"],
        ["KAFKA_TLS", "yes", "wanted on or off"],
        ["LOG_LEVEL", "loud", "wanted error or warn or info or debug"],
        ["TREND_URL", "trend", "wanted http://host:port or https://host:port"],
        ["TRUSTED_PROXIES", "foo", "wanted IP addresses or networks such as 10.0.0.0/8, with commas between"],
        ["KAFKA_PREFIX", "a b", "wanted up to 40 letters, digits, _, . or -"],
      ] as const
    ) {
      expect(() => readSettings({ [name]: found }, [])).toThrow(`  ${name}: ${says}, found "${found}"`);
    }
    expect(settingsSchema.safeParse({ WEB_URL: "web" }).error?.issues).toHaveLength(1);
    const said = Object.keys(settingsSchema.shape).flatMap((name) => {
      const issues = settingsSchema.safeParse({ [name]: "\u0000 " }, { error: wantedOf }).error?.issues;
      return (issues ?? []).map(({ message }) => `${name}: ${message}`);
    });
    expect(said.length).toBeGreaterThan(30);
    expect(said.filter((message) => /Invalid|expected/.test(message))).toEqual([]);
  });

  it("refuses names in a file that are no settings, and says which was meant", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "KAFKA_BROKER=b:9092\nOTHER_PROGRAMS_THING=1\n");
    const read = () => readSettings({}, ["--env-file", file]);
    expect(read).toThrow(`${file}: KAFKA_BROKER: no such setting, did you mean KAFKA_BROKERS?`);
    expect(read).toThrow(`${file}: OTHER_PROGRAMS_THING: no such setting; .env.example has them all`);
    await Deno.remove(file);
  });

  it("refuses lines of a file that set nothing, and does not show them", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "# a comment\n\nKAFKA_PREFIX='a\nb'\nADMIN_TOKEN: 0123456789abcdef\n");
    const read = () => readSettings({}, ["--env-file", file]);
    expect(read).toThrow(`${file}: line 5: wanted NAME=value, found no =`);
    expect(read).not.toThrow(/line [1-4]:|0123456789abcdef/);
    await Deno.remove(file);
  });

  it("refuses names in the environment that nearly are settings of Kafka or MySQL, and passes over others", () => {
    const read = (name: string) => () => readSettings({ [name]: "x" }, []);
    expect(read("KAFKA_BROKER")).toThrow("KAFKA_BROKER: no such setting, did you mean KAFKA_BROKERS?");
    expect(read("MYSQL_ULR")).toThrow("MYSQL_ULR: no such setting, did you mean MYSQL_URL?");
    for (const other of ["KAFKA_SERVICE_HOST", "KAFKA_PORT_9092_TCP", "MYSQL_PORT", "MYSQL_SERVICE_PORT", "HOSTS"]) {
      expect([other, read(other)().HOST]).toEqual([other, "127.0.0.1"]);
    }
  });

  it("wants a name and a password where a way to log in is set", () => {
    const brokers = { KAFKA_BROKERS: "b:9092", KAFKA_TLS: "on" };
    const read = (more: Record<string, string>) => () => readSettings({ KAFKA_SASL: "plain", ...brokers, ...more }, []);
    expect(read({})).toThrow(/KAFKA_USERNAME[\s\S]*KAFKA_PASSWORD/);
    expect(read({ KAFKA_USERNAME: "u" })).not.toThrow(/KAFKA_USERNAME/);
    expect(read({ KAFKA_USERNAME: "u", KAFKA_PASSWORD: "p" })().KAFKA_SASL).toBe("plain");
  });

  /** Settings with everything that safety needs, less some of it, or with more. */
  const SAFE = {
    KAFKA_BROKERS: "b:9092",
    KAFKA_TLS: "on",
    KAFKA_CA_FILE: "ca.pem",
    KAFKA_SASL: "plain",
    KAFKA_USERNAME: "u",
    KAFKA_PASSWORD: "p",
    MYSQL_URL: "mysql://u:p@db:3306",
    MYSQL_TLS: "on",
    MYSQL_CA_FILE: "ca.pem",
  };
  const readSafe = (change: Record<string, string>) => () => readSettings({ ...SAFE, ...change }, []);

  it("refuses half of what safety needs, and says what is missing", () => {
    expect(readSafe({})().KAFKA_SASL).toBe("plain");
    for (
      const [change, says] of [
        [{ KAFKA_SASL: "" }, /KAFKA_SASL: wanted beside KAFKA_USERNAME/],
        [{ KAFKA_SASL: "", KAFKA_USERNAME: "" }, /KAFKA_SASL: wanted beside KAFKA_PASSWORD/],
        [{ KAFKA_USERNAME: "" }, /KAFKA_USERNAME: wanted beside KAFKA_SASL/],
        [{ KAFKA_PASSWORD: "" }, /KAFKA_PASSWORD: wanted beside KAFKA_SASL/],
        [{ KAFKA_TLS: "", KAFKA_SASL: "scram-sha-512" }, /KAFKA_TLS: wanted on beside KAFKA_CA_FILE/],
        [{ KAFKA_TLS: "off", KAFKA_SASL: "scram-sha-512" }, /KAFKA_TLS: wanted on beside KAFKA_CA_FILE/],
        [{ KAFKA_BROKERS: "" }, /KAFKA_BROKERS: wanted beside KAFKA_TLS[\s\S]*KAFKA_BROKERS: wanted beside KAFKA_SASL/],
        [
          { KAFKA_TLS: "", KAFKA_CA_FILE: "" },
          /KAFKA_SASL: plain sends the password in clear.*KAFKA_PLAIN_WITHOUT_TLS=on/,
        ],
        [{ MYSQL_TLS: "" }, /MYSQL_TLS: wanted on beside MYSQL_CA_FILE/],
        [{ MYSQL_URL: "" }, /MYSQL_URL: wanted beside MYSQL_TLS/],
        [{ MYSQL_CERT_FILE: "c" }, /MYSQL_KEY_FILE: wanted beside MYSQL_CERT_FILE/],
        [{ KAFKA_KEY_FILE: "k" }, /KAFKA_CERT_FILE: wanted beside KAFKA_KEY_FILE/],
        [
          { KAFKA_TLS: "", KAFKA_CA_FILE: "", KAFKA_CERT_FILE: "c", KAFKA_KEY_FILE: "k" },
          /KAFKA_TLS: wanted on beside KAFKA_CERT_FILE, as without TLS no certificate is shown/,
        ],
      ] as const
    ) expect(readSafe(change)).toThrow(says);
    const trusted = { KAFKA_TLS: "", KAFKA_CA_FILE: "", KAFKA_PLAIN_WITHOUT_TLS: "on" };
    expect(readSafe(trusted)().KAFKA_TLS).toBe("off");
    expect(readSafe({ KAFKA_TLS: "", KAFKA_CA_FILE: "", KAFKA_SASL: "scram-sha-256" })().KAFKA_TLS).toBe("off");
  });

  it("ignores nothing that stands in MYSQL_URL, and never shows it", () => {
    const url = (text: string) => readSafe({ MYSQL_URL: text });
    expect(url("mysql://u:p%40%25@[::1]/")().MYSQL_URL).toBe("mysql://u:p%40%25@[::1]/");
    for (
      const [text, says] of [
        ["mysql://u:hunter2@db?ssl-mode=REQUIRED", /MYSQL_URL: wanted no options, found ssl-mode: MYSQL_TLS=on/],
        ["mysql://u:hunter2@db/?sslmode=hunter2&a=b", /found sslmode, a/],
        ["mysql://u:hunter2@db/shop", /MYSQL_URL: wanted no database.*MYSQL_PREFIX/],
        ["mysql://u:hunter2@db/#x", /MYSQL_URL: wanted nothing behind #/],
        ["mysql://:hunter2@db", /MYSQL_URL: wanted a user/],
        ["mysql://u:hunter2%@db", /MYSQL_URL: wanted % .* as %25/],
        ["mysql:///", /MYSQL_URL: wanted a host/],
      ] as const
    ) {
      expect(url(text)).toThrow(says);
      expect(url(text)).not.toThrow(/hunter2/);
    }
  });

  it("takes a secret from one place: not by itself and as a file, and where it was said last", async () => {
    const secret = await Deno.makeTempFile();
    const other = await Deno.makeTempFile();
    await Deno.writeTextFile(secret, "token-of-the-first-file");
    await Deno.writeTextFile(other, `ADMIN_TOKEN=token-of-the-env-file\nKAFKA_PASSWORD=q\n`);
    const both = { ADMIN_TOKEN: "a-long-enough-token", ADMIN_TOKEN_FILE: secret };
    expect(() => readSettings(both, [])).toThrow(/ADMIN_TOKEN: wanted it or ADMIN_TOKEN_FILE, found both/);
    const args = ["--env-file", other];
    const read = readSettings({ ...SAFE, KAFKA_PASSWORD: "", ADMIN_TOKEN_FILE: secret }, args);
    expect([read.ADMIN_TOKEN, read.KAFKA_PASSWORD]).toEqual(["token-of-the-first-file", "q"]);
    await Promise.all([secret, other].map((file) => Deno.remove(file)));
  });

  it("ignores nothing in the address of another service, and finds it where this one listens", () => {
    for (
      const text of ["http://u:p@trend:8001", "http://trend:8001/?a=b", "http://trend:8001/#x", "ftp://trend", "trend"]
    ) {
      expect(() => readSettings({ TREND_URL: text }, [])).toThrow(/TREND_URL: /);
    }
    expect(readSettings({ TREND_URL: "http://proxy/trend/" }, []).TREND_URL).toBe("http://proxy/trend/");
    expect([urlOf("::1", 8001), urlOf("::", 1), urlOf("0.0.0.0", 2), urlOf("shop.example", 3)]).toEqual([
      "http://[::1]:8001",
      "http://127.0.0.1:1",
      "http://127.0.0.1:2",
      "http://shop.example:3",
    ]);
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

  it("refuses a certificate file without a certificate, which TLS would take for any public authority", async () => {
    const file = await Deno.makeTempFile();
    for (const text of ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]) {
      await Deno.writeTextFile(file, text);
      const settings = readSafe({ KAFKA_CA_FILE: file, MYSQL_CA_FILE: file })();
      expect(() => kafkaConnection("b:9092", settings, silent)).toThrow(/KAFKA_CA_FILE: wanted a certificate in PEM/);
      expect(() => mysqlConnection("mysql://db", settings, "web", silent)).toThrow(
        /MYSQL_CA_FILE: wanted a certificate in PEM/,
      );
    }
    await Deno.remove(file);
  });

  it("keeps the last URL of a server while its file holds none, and says so once", async () => {
    const file = await Deno.makeTempFile();
    const [first, next] = ["mysql://u:a@db:3306", "mysql://u:b%25@db:3306"];
    await Deno.writeTextFile(file, first);
    const said: unknown[] = [];
    const logger = { ...silent, error: (event: string, facts?: object) => void said.push({ event, ...facts }) };
    const settings = readSettings({ MYSQL_URL_FILE: file }, []);
    const { now } = mysqlConnection(settings.MYSQL_URL!, settings, "trend", logger).server;
    const refused = { event: "secret-refused", setting: "MYSQL_URL_FILE", database: "trend" };
    for (const bad of ["mysql://u:b%@db:3306", "mysql://u:a@b@:db", "a-password-alone"]) {
      await Deno.writeTextFile(file, bad);
      expect([now(), now()]).toEqual([first, first]);
      expect(said.splice(0)).toEqual([refused]);
    }
    await Deno.writeTextFile(file, `${next}\n`);
    expect([now(), said]).toEqual([next, []]);
    await Deno.remove(file);
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
