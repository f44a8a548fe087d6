import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DCLinter } from "dclint";
import { join } from "node:path";
import { parse } from "yaml";
import { settingsSchema } from "@/services/settings/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { differences, ROOT, text } from "@/tests/docs/pages.ts";
import { ENV, last } from "@/tests/support/deploy/dockerfile.ts";
import { memorySuite } from "@/tests/support/suites/memory_suite.ts";

const COMPOSE = join(ROOT, "compose.yaml");
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
  pull_policy?: string;
  mem_limit?: string;
  logging?: { driver: string; options: Record<string, string> };
  ports?: string[];
  environment: Record<string, string | number | null>;
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

/** What a container of the service sees when nobody sets more: the image's variables and, over them, its own with defaults filled in. */
const seen = ({ environment }: Service): Record<string, string> => ({
  ...ENV,
  ...Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== null).map((
      [name, value],
    ) => [name, String(value).replace(/\$\{\w+:-([^}]*)\}/g, "$1")]),
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

  it("builds one image, which bears the project's version, for our services, and pins every other one exactly", () => {
    const services = Object.entries(compose.services);
    const { version } = JSON.parse(text("deno.json")) as { version: string };
    expect(ours.map(({ name, build, image, pull_policy }) => [name, build, image, pull_policy])).toEqual([
      ["web", ".", `bookstream:${version}`, undefined],
      ["trend", undefined, `bookstream:${version}`, "never"],
      ["recommendation", undefined, `bookstream:${version}`, "never"],
    ]);
    const others = services.filter(([name]) => !NAMES.some((own) => own === name));
    expect(others.length).toBeGreaterThan(1);
    for (const [, { image }] of others) expect(image).toMatch(/^[a-z/]+:\d+\.\d+\.\d+$/);
  });

  it("bounds every container's memory and its log, and the broker's heap within its memory", () => {
    const bytes = (size: string) => Number(/\d+/.exec(size)) * { m: 2 ** 20, g: 2 ** 30 }[size.at(-1)!.toLowerCase()]!;
    for (const [name, { mem_limit, logging }] of Object.entries(compose.services)) {
      expect([name, mem_limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
      expect([name, logging?.driver, Object.keys(logging?.options ?? {})]).toEqual([
        name,
        "json-file",
        ["max-size", "max-file"],
      ]);
    }
    const { kafka, mysql } = compose.services;
    const [, heap] = /-Xmx(\w+)/.exec(String(kafka!.environment.KAFKA_HEAP_OPTS))!;
    expect(bytes(heap!)).toBeLessThanOrEqual(bytes(kafka!.mem_limit!) / 2);
    const [, pool] = /--innodb-buffer-pool-size=(\w+)/.exec(mysql!.command!.join(" "))!;
    expect(bytes(pool!)).toBeLessThanOrEqual(bytes(mysql!.mem_limit!) / 2);
    expect(Number(kafka!.environment.KAFKA_LOG_RETENTION_HOURS)).toBe(settingsOf(compose.services.web!).LOG_DAYS * 24);
  });

  it("passes on every setting but those that it answers for itself", () => {
    const itsOwn = [
      // One address, one port and one folder in each container, one process of each service.
      ...["HOST", "WEB_PORT", "TREND_PORT", "RECOMMENDATION_PORT", "DATA_DIR", "ROLE", "WEB_URL"],
      // The servers are those of this file, by name and without TLS; secrets are files.
      ...["KAFKA_TLS", "KAFKA_CA_FILE", "KAFKA_SASL", "KAFKA_PLAIN_WITHOUT_TLS", "KAFKA_USERNAME", "KAFKA_PASSWORD"],
      ...["KAFKA_CERT_FILE", "KAFKA_KEY_FILE", "MYSQL_CERT_FILE", "MYSQL_KEY_FILE"],
      ...["KAFKA_PASSWORD_FILE", "KAFKA_PREFIX", "KAFKA_REPLICAS", "KAFKA_ADVERTISED"],
      ...["MYSQL_URL", "MYSQL_TLS", "MYSQL_CA_FILE", "MYSQL_PREFIX", "ADMIN_TOKEN"],
      // The admin token does for these; a file of words would have to be mounted.
      ...["READERS_TOKEN", "READERS_TOKEN_FILE", "TREND_BLOCK_LIST"],
      // Of the embedded log and the suite in one process.
      ...["LOG_MOST_DAYS", "SAMPLE_CATALOGUE"],
    ];
    const passed = [...new Set(ours.flatMap(({ environment }) => Object.keys(environment)))];
    expect(differences({ in: "services/settings/settings.ts", names: Object.keys(settingsSchema.shape) }, {
      in: "compose.yaml",
      names: [...passed, ...itsOwn],
    })).toEqual([]);
    expect(passed.filter((name) => itsOwn.includes(name))).toEqual([]);
  });

  it("says how to import with a task that there is, in a container of web", () => {
    const commands = [...text("compose.yaml").matchAll(/^# +docker compose run (.+)$/gm)].map((match) => match[1]!);
    expect(commands.length).toBe(2);
    for (const command of commands) {
      const [, mounted, service, task, file] = /^--rm --no-deps -v "\$PWD\/[^:]+:([^:]+):ro" (\w+) task (\w+) (\S+)/
        .exec(command)!;
      expect([service, task, file]).toEqual(["web", "import", mounted]);
      expect(Object.keys(tasks)).toContain(task);
    }
  });

  it("sets only settings that exist, to values that they take", () => {
    for (const service of ours) {
      const known = [...Object.keys(settingsSchema.shape), "DENO_NO_UPDATE_CHECK"];
      const named = { ...seen(service), ...service.environment };
      expect(Object.keys(named).filter((name) => !known.includes(name))).toEqual([]);
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
      // A check that starts a JVM every two seconds slows down the start that it waits for.
      expect(healthcheck?.test.join(" ")).not.toMatch(/kafka-[a-z-]+\.sh|java/);
    }
    const [, , host, port] = /\/dev\/(tcp)\/(\w+)\/(\d+)/.exec(compose.services.kafka!.healthcheck!.test.at(-1)!)!;
    expect(`PLAINTEXT://${host}:${port}`).toBe(compose.services.kafka!.environment.KAFKA_ADVERTISED_LISTENERS);
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
