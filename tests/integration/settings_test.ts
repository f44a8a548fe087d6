import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { readSettings, settingsSchema } from "@/services/settings.ts";

const example = new URL("../../.env.example", import.meta.url);

describe(".env.example", () => {
  it("names every setting and no other", () => {
    const named = Object.keys(parseEnv(readFileSync(example, "utf8")));
    expect(named.sort()).toEqual(Object.keys(settingsSchema.shape).sort());
  });

  it("holds the defaults", () => {
    expect(readSettings({}, ["--env-file", example.pathname])).toEqual(readSettings({}, []));
  });
});

describe("permissions", () => {
  it("let a service see its settings and no other variable, and start no program", () => {
    const { permissions } = JSON.parse(readFileSync(new URL("../../deno.json", import.meta.url), "utf8"));
    expect(permissions.service.env.allow.sort()).toEqual(Object.keys(settingsSchema.shape).sort());
    const { run, ffi, sys } = permissions.service;
    expect([run, ffi, sys]).toEqual([undefined, undefined, undefined]);
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

  it("wants a name and a password where a way to log in is set", () => {
    const read = (more: Record<string, string>) => () => readSettings({ KAFKA_SASL: "plain", ...more }, []);
    expect(read({})).toThrow(/KAFKA_USERNAME[\s\S]*KAFKA_PASSWORD/);
    expect(read({ KAFKA_USERNAME: "u" })).not.toThrow(/KAFKA_USERNAME/);
    expect(read({ KAFKA_USERNAME: "u", KAFKA_PASSWORD: "p" })().KAFKA_SASL).toBe("plain");
  });

  it("takes the token from a file", async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeTextFile(file, "a-long-enough-token\n");
    expect(readSettings({ ADMIN_TOKEN_FILE: file }, []).ADMIN_TOKEN).toBe("a-long-enough-token");
    await Deno.remove(file);
  });
});
