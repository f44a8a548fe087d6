import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { readSettings, settingsSchema } from "@/services/settings/settings.ts";
import { wantedOf } from "@/application/shared/validation/wanted.ts";

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
});
