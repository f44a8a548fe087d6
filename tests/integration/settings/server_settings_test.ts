import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { urlOf } from "@/services/shared/process/listen.ts";
import { kafkaConnection, mysqlConnection } from "@/services/shared/adapters/servers.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { silent } from "@/tests/support/samples.ts";

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

describe("settings of servers", () => {
  it("wants a name and a password where a way to log in is set", () => {
    const brokers = { KAFKA_BROKERS: "b:9092", KAFKA_TLS: "on" };
    const read = (more: Record<string, string>) => () => readSettings({ KAFKA_SASL: "plain", ...brokers, ...more }, []);
    expect(read({})).toThrow(/KAFKA_USERNAME[\s\S]*KAFKA_PASSWORD/);
    expect(read({ KAFKA_USERNAME: "u" })).not.toThrow(/KAFKA_USERNAME/);
    expect(read({ KAFKA_USERNAME: "u", KAFKA_PASSWORD: "p" })().KAFKA_SASL).toBe("plain");
  });

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
});
