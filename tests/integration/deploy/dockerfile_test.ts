import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { text } from "@/tests/docs/pages.ts";
import { dockerfile, ENV, last } from "@/tests/support/deploy/dockerfile.ts";

const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, { command: string }> };

describe("Dockerfile", () => {
  it("starts from the Deno that the README names", () => {
    const version = /deno@([\d.]+) task start/.exec(text("README.md"))?.[1];
    expect(dockerfile.filter(({ instruction }) => instruction === "FROM").map(({ argument }) => argument)).toEqual([
      `denoland/deno:debian-${version}`,
    ]);
  });

  it("brings the packages of the lock file, and then the sources", () => {
    const steps = ["COPY deno.json deno.lock ./", "RUN deno ci", "COPY . ."];
    const found = dockerfile.map(({ instruction, argument }) => `${instruction} ${argument}`);
    expect(found.filter((line) => steps.includes(line))).toEqual(steps);
    expect(text(".ci/run")).toContain("\ndeno ci\n");
  });

  it("makes the data folder for the user who runs it, so that a new volume there is that user's", () => {
    const [user, group] = last("USER")!.split(":");
    expect(dockerfile.filter(({ argument }) => argument === `install -d -o ${user} -g ${group} ${ENV.DATA_DIR}`).length)
      .toBe(1);
  });

  it("does not run as root", () => {
    expect(last("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(dockerfile.at(-1)?.instruction).toBe("CMD");
  });

  it("runs Deno, with a task of the project", () => {
    expect(JSON.parse(last("ENTRYPOINT")!)).toEqual(["deno"]);
    const [task, name] = JSON.parse(last("CMD")!);
    expect(task).toBe("task");
    expect(Object.keys(tasks)).toContain(name);
  });

  it("is given the sources of the services and nothing else", () => {
    const rules = text(".dockerignore").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(rules).toEqual([
      "*",
      ...["deno.json", "deno.lock", "domain", "application", "adapters", "services"].map((path) => `!${path}`),
    ]);
  });
});
