import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DCLinter } from "dclint";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { settingsSchema } from "@/services/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite } from "@/tests/support/memory_suite.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMPOSE = join(ROOT, "compose.yaml");
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const { tasks } = JSON.parse(text("deno.json")) as { tasks: Record<string, { command: string }> };

type Service = {
  image?: string;
  build?: string;
  user?: string;
  read_only?: boolean;
  tmpfs?: string[];
  cap_drop?: string[];
  security_opt?: string[];
  command?: string[];
  ports?: string[];
  environment: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  secrets?: string[];
  configs?: { source: string; target: string }[];
  healthcheck?: { test: string[] };
};
type Compose = {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file?: string }>;
  configs: Record<string, { content?: string }>;
};

const compose: Compose = parse(text("compose.yaml"), { merge: true });
const NAMES = ["web", "trend", "recommendation"] as const;
const ours = NAMES.map((name) => ({ name, ...compose.services[name]! }));

/** The lines of a Dockerfile, as instruction and argument. */
const dockerfile = text("Dockerfile").split("\n").filter((line) => /^[A-Z]+ /.test(line)).map((line) => ({
  instruction: line.slice(0, line.indexOf(" ")),
  argument: line.slice(line.indexOf(" ") + 1),
}));
const last = (instruction: string): string | undefined =>
  dockerfile.findLast((line) => line.instruction === instruction)?.argument;
const ENV = Object.fromEntries((last("ENV") ?? "").split(" ").map((pair) => pair.split("=") as [string, string]));

/** What a container of the service sees: the image's variables and, over them, its own with defaults filled in. */
const seen = ({ environment }: Service): Record<string, string> => ({
  ...ENV,
  ...Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, String(value).replace(/\$\{\w+:-([^}]*)\}/g, "$1")]),
  ),
});
const settingsOf = (service: Service) => settingsSchema.parse(seen(service));
const portOf = (name: typeof NAMES[number]): number =>
  settingsOf(compose.services[name]!)[`${name.toUpperCase() as Uppercase<typeof name>}_PORT`];

describe("compose.yaml", () => {
  it("is what the Compose specification allows, and has none of the linter's errors", () => {
    const results = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] }).lintFiles([COMPOSE], false);
    expect(results.length).toBe(1);
    const errors = results[0]!.messages.filter(({ type }) => type === "error");
    expect(errors.map(({ rule, line, message }) => `${line}: ${rule}: ${message}`)).toEqual([]);
  });

  it("builds our services from the Dockerfile and pins every other image to an exact version", () => {
    const services = Object.entries(compose.services);
    const built = services.filter(([, { build }]) => build !== undefined);
    expect(built.map(([name, { build, image }]) => [name, build, image])).toEqual(
      NAMES.map((name) => [name, ".", undefined]),
    );
    const others = services.filter(([, { build }]) => build === undefined);
    expect(others.length).toBeGreaterThan(1);
    for (const [, { image }] of others) expect(image).toMatch(/^[a-z/]+:\d+\.\d+\.\d+$/);
  });

  it("sets only settings that exist, to values that they take", () => {
    for (const service of ours) {
      const known = [...Object.keys(settingsSchema.shape), "DENO_NO_UPDATE_CHECK"];
      expect(Object.keys(seen(service)).filter((name) => !known.includes(name))).toEqual([]);
      expect(settingsSchema.safeParse(seen(service)).error?.issues ?? []).toEqual([]);
    }
  });

  it("runs each service by the task of its name", () => {
    for (const { name, command } of ours) {
      expect(command).toEqual(["task", name]);
      expect(tasks[name]?.command).toMatch(new RegExp(`services/launch/main\\.ts ${name}$`));
    }
  });

  it("publishes the ports that the services listen on, on loopback, and nothing else", () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(NAMES.map((name) => `127.0.0.1:${portOf(name)}:${portOf(name)}`));
    expect(published).toEqual([8000, 8001, 8002].map((port) => `127.0.0.1:${port}:${port}`));
    for (const service of ours) expect(settingsOf(service).HOST).toBe("0.0.0.0");
  });

  it("leads the services to each other and to the servers in this file", () => {
    const { TREND_URL, RECOMMENDATION_URL } = settingsOf(compose.services.web!);
    expect([TREND_URL, RECOMMENDATION_URL]).toEqual([
      `http://trend:${portOf("trend")}`,
      `http://recommendation:${portOf("recommendation")}`,
    ]);
    for (const service of ours) {
      expect(`PLAINTEXT://${settingsOf(service).KAFKA_BROKERS}`).toBe(
        compose.services.kafka!.environment.KAFKA_ADVERTISED_LISTENERS,
      );
    }
  });

  it("keeps everything in the volumes of the servers, and never in a folder that may be lost", () => {
    for (const service of ours) {
      const environment = seen(service);
      expect(Object.keys(environment)).toEqual(expect.arrayContaining(["KAFKA_BROKERS", "MYSQL_URL_FILE"]));
      expect(service.tmpfs?.filter((folder) => `${environment.DATA_DIR}/`.startsWith(`${folder}/`))).toEqual([]);
    }
    const { kafka, mysql } = compose.services;
    expect(kafka?.volumes).toEqual([`kafka:${kafka?.environment.KAFKA_LOG_DIRS}`]);
    expect(mysql?.volumes).toEqual(["mysql:/var/lib/mysql"]);
  });

  it("starts our services once the servers are healthy", () => {
    for (const { depends_on = {} } of ours) {
      expect(depends_on).toEqual({ kafka: { condition: "service_healthy" }, mysql: { condition: "service_healthy" } });
    }
    for (const { healthcheck } of Object.values(compose.services)) {
      expect(healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
    }
  });

  it("gives our services no rights beyond their own user, and nothing to write to but /tmp and web's files to import", () => {
    for (const { name, user, read_only, tmpfs, cap_drop, security_opt, volumes } of ours) {
      expect({ user, read_only, tmpfs, cap_drop, security_opt, volumes }).toEqual({
        user: last("USER"),
        read_only: true,
        tmpfs: ["/tmp"],
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        volumes: name === "web" ? [`imports:${ENV.DATA_DIR}`] : undefined,
      });
    }
  });

  it("declares every volume, secret and config that a service uses, and no other", () => {
    const services = Object.values(compose.services);
    const used = {
      volumes: services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(":")[0]!)),
      secrets: services.flatMap(({ secrets = [] }) => secrets),
      configs: services.flatMap(({ configs = [] }) => configs.map(({ source }) => source)),
    };
    for (const kind of ["volumes", "secrets", "configs"] as const) {
      expect(Object.keys(compose[kind]).sort()).toEqual([...new Set(used[kind])].sort());
    }
  });

  it("hands secrets over as files, and only to those who read them", () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
    }
    for (const { environment, secrets = [] } of Object.values(compose.services)) {
      const read = Object.entries(environment).filter(([name]) => name.endsWith("_FILE")).map(([, path]) => path);
      expect(read.sort()).toEqual(secrets.map((secret) => `/run/secrets/${secret}`).sort());
      const plain = Object.keys(environment).filter((name) => /(PASSWORD|TOKEN|MYSQL_URL)$/.test(name));
      expect(plain.filter((name) => name !== "MYSQL_RANDOM_ROOT_PASSWORD")).toEqual([]);
    }
  });

  it("lets the services' MySQL user make their databases and touch no other", () => {
    const { MYSQL_USER, MYSQL_DATABASE } = compose.services.mysql!.environment;
    expect(MYSQL_DATABASE).toBeUndefined();
    const databases = `${settingsOf(compose.services.web!).MYSQL_PREFIX.replaceAll("_", "\\_")}%`;
    expect(compose.configs.rights?.content).toBe(`GRANT ALL ON \`${databases}\`.* TO '${MYSQL_USER}'@'%';`);
    expect(compose.services.mysql!.configs?.map(({ target }) => target)).toEqual([
      "/docker-entrypoint-initdb.d/rights.sql",
    ]);
    expect(text("compose.yaml")).toContain(`echo "mysql://${MYSQL_USER}:$(cat secrets/mysql_password)@mysql:3306"`);
  });

  it("asks each service about its health on the port that it listens on, at a path that it serves", async () => {
    const suite = await memorySuite();
    try {
      for (const { name, healthcheck } of ours) {
        const [how, program, act, script] = healthcheck!.test;
        expect([how, program, act]).toEqual(["CMD", "deno", "eval"]);
        const asked = /fetch\("http:\/\/127\.0\.0\.1:(\d+)(\/[^"]*)"\)/.exec(script!);
        expect(Number(asked?.[1])).toBe(portOf(name));
        await eventually(async () => (await suite.asks[name](asked![2]!)).ok);
      }
    } finally {
      await suite.stop();
    }
  });
});

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
