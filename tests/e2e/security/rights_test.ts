import { join } from "node:path";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { PROJECT } from "@/services/launch/child.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { OWN } from "@/tests/support/processes/launch.ts";

/** Starts a task as an operator does, in a shell's place. */
function startTask(name: string, env: Record<string, string>, args: string[] = []) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    cwd: PROJECT,
    env: { ...OWN, NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [out, err] = ["", ""];
  const drained = Promise.all([
    collect(child.stdout, (text) => out += text),
    collect(child.stderr, (text) => err += text),
  ]);
  const ended = async () => {
    const { code } = await child.status;
    await drained;
    return code;
  };
  return { pid: child.pid, out: () => out, err: () => err, kill: child.kill.bind(child), ended };
}

async function collect(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
}

const psArgs = ["-eo", "pid=,ppid=,args="];
/** The command lines of all processes that a process has started, and those have. */
async function descendants(pid: number): Promise<{ pid: number; args: string }[]> {
  const { stdout } = await new Deno.Command("ps", { args: psArgs }).output();
  const all = new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args: args! }];
  });
  const found = all.filter(({ parent }) => parent === pid);
  return found.concat(...await Promise.all(found.map(async (one) => (await descendants(one.pid)) as typeof found)));
}

const mode = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);

describe("the rights of a service", () => {
  let [folder, elsewhere] = ["", ""];
  before(async () => {
    [folder, elsewhere] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  });
  after(async () => {
    for (const one of [folder, elsewhere]) await Deno.remove(one, { recursive: true });
  });

  it("are DATA_DIR to write, the project and DATA_DIR to read, and its own address; signals and status pass through the task", async () => {
    const data = join(folder, "a folder");
    const service = startTask("start", { DATA_DIR: data, TRESPASSER_SEES: "1" });
    await eventually(() => service.out().includes("Ctrl-C"));
    const { args } = (await descendants(service.pid)).find(({ args }) => / services\/suite\/main\.ts/.test(args))!;
    const flags = /^\S+ run (.*) services\/suite\/main\.ts/.exec(args)![1]!;
    expect(flags.split(/ (?=-)/)).toEqual([
      "--no-prompt",
      "--env-file=services/telemetry.env",
      "-P=service",
      `--allow-read=${PROJECT},${data},/dev/null`,
      `--allow-write=${data}`,
      "--allow-net=127.0.0.1",
    ]);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--config",
        "deno.json",
        ...flags.split(/ (?=-)/),
        "tests/support/processes/trespasser.ts",
        data,
        elsewhere,
      ],
      env: { TRESPASSER_SEES: "1" },
    }).output();
    expect(JSON.parse(new TextDecoder().decode(stdout))).toEqual({
      "write a source": "refused",
      "make a source": "refused",
      "write elsewhere": "refused",
      "read elsewhere": "refused",
      "run a program": "refused",
      "connect elsewhere": "refused",
      "listen elsewhere": "refused",
      "see the environment": "refused",
      "write data": "done",
      "read the project": "done",
    });
    service.kill("SIGTERM");
    expect([await service.ended(), await descendants(service.pid)]).toEqual([0, []]);
  });

  it("leave data to its owner alone: folder, databases and token, also those of an earlier version", async () => {
    const data = join(folder, "open");
    Deno.mkdirSync(data, { mode: 0o755 });
    Deno.writeFileSync(join(data, "web.db"), new Uint8Array(), { mode: 0o644 });
    const service = startTask("start", { DATA_DIR: data });
    await eventually(() => service.out().includes("Ctrl-C"));
    const files = [...Deno.readDirSync(data)].filter(({ isFile, name }) => isFile && /\.db|token/.test(name));
    expect(files.length).toBeGreaterThan(10);
    expect(mode(data)).toBe("700");
    expect(files.map(({ name }) => [name, mode(join(data, name))])).toEqual(files.map(({ name }) => [name, "600"]));
    service.kill("SIGTERM");
    expect(await service.ended()).toBe(0);
  });

  it("a setting that cannot be used ends the task with its message and status 1", async () => {
    const service = startTask("web", { DATA_DIR: folder, WEB_PORT: "http" });
    expect([await service.ended(), service.err()]).toEqual([
      1,
      expect.stringMatching(/^bookstream: settings that cannot be used:\n {2}WEB_PORT: /),
    ]);
  });

  it("deno task dev starts again when a source changes, and ends at SIGTERM with status 0", async () => {
    const service = startTask("dev", { DATA_DIR: join(folder, "dev") });
    const starts = () => service.out().split("Ctrl-C").length - 1;
    await eventually(() => starts() === 1);
    const source = join(PROJECT, "domain/result.ts");
    Deno.utimeSync(source, new Date(), new Date());
    await eventually(() => starts() === 2, 20_000);
    service.kill("SIGTERM");
    expect([await service.ended(), await descendants(service.pid)]).toEqual([0, []]);
  });
});
