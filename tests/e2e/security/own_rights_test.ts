import { join } from "node:path";
import { after, afterEach, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  type AclEntry,
  AclOperationTypes as Operation,
  AclPermissionTypes,
  AclResourceTypes as Resource,
  Kafka,
  logLevel,
  ResourcePatternTypes as Pattern,
} from "kafkajs";
import { createConnection } from "mysql2";
import { ensureTopics } from "@/adapters/kafka/topics.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import { quoted, rows, section } from "@/tests/docs/pages.ts";
import { type Authority, createAuthority } from "@/tests/support/processes/certificates.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { BROKERS } from "@/tests/support/kafka/kafka_topic.ts";
import { SERVERS } from "@/tests/support/databases/mysql.ts";
import { type OwnServer, startOwnServer } from "@/tests/support/processes/own_server.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { killAll, operate, ready, type Service, start } from "@/tests/support/processes/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const PAGE = "docs/rights.md";
const TOKEN = "token-of-the-rights";
const PASSWORDS = { web: "word-of-web", trend: "word-of-trend", recommendation: "word-of-recommendation" };
const NAMES = ["web", "trend", "recommendation"] as const;

/** The rules of the page, for each user. */
function rulesOf(user: string): AclEntry[] {
  return rows(section(PAGE, "## At the brokers")).filter(([name]) => quoted(name!)[0] === user).flatMap(
    ([, resource, operations]) =>
      quoted(resource!).flatMap((resourceName) =>
        operations!.split(",").map((operation): AclEntry => ({
          resourceType: resource!.startsWith("topic") ? Resource.TOPIC : Resource.GROUP,
          resourceName,
          resourcePatternType: resource!.includes("begin with") ? Pattern.PREFIXED : Pattern.LITERAL,
          principal: `User:${user}`,
          host: "*",
          operation: Operation[operation.trim().toUpperCase().replace("DESCRIBECONFIGS", "DESCRIBE_CONFIGS") as "READ"],
          permissionType: AclPermissionTypes.ALLOW,
        }))
      ),
  );
}

const running: Started[] = [];

/** Starts the three services, each with settings of its own. */
async function up(settings: (name: typeof NAMES[number]) => Record<string, string>) {
  const run = async (service: Service & typeof NAMES[number], more: Record<string, string> = {}) => {
    const started = await ready(service, { ...settings(service), ADMIN_TOKEN: TOKEN, ...more });
    running.push(started);
    return started;
  };
  const [trend, recommendation] = [await run("trend"), await run("recommendation")];
  return {
    trend,
    recommendation,
    web: await run("web", { TREND_URL: trend.url(), RECOMMENDATION_URL: recommendation.url() }),
  };
}

/** Writes over HTTP, and waits until both others have read it. */
async function work({ web, trend, recommendation }: Awaited<ReturnType<typeof up>>, id: string): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };
  const post = async (path: string, body: unknown) => {
    const response = await fetch(web.url() + path, { method: "POST", headers, body: JSON.stringify(body) });
    await response.body?.cancel();
    return response.status;
  };
  expect(await post("/v1/books", { id, title: id })).toBe(201);
  expect(await post("/v1/events", [{ type: "shelved", shelf: "read", reader: `r-${id}`, book: id }])).toBe(202);
  for (
    const [service, path] of [[trend, "/v1/trends/books"], [
      recommendation,
      `/v1/readers/other/recommendations`,
    ]] as const
  ) {
    await eventually(async () => {
      const { items } = await (await fetch(service.url() + path, { headers })).json();
      return items.some(({ book }: { book: { id: string } }) => book.id === id);
    });
  }
}

afterEach(() => killAll(running.splice(0)));

if (BROKERS.length > 0) {
  describe("services that have their own rights alone at the brokers, and log in over TLS", () => {
    const folder = Deno.makeTempDirSync();
    let [authority, other]: [Authority | undefined, Authority | undefined] = [undefined, undefined];
    let broker: OwnServer;
    before(async () => {
      [authority, other] = [createAuthority(folder, "ours"), createAuthority(folder, "other")];
      const certificate = authority.certify("IP:127.0.0.1");
      broker = await startOwnServer("kafka", folder, {
        java: ["-Xmx256m"],
        tls: {
          SCRAM: certificate,
          PLAIN: certificate,
          FOREIGN: other.certify("IP:127.0.0.1"),
          EXPIRED: authority.certify("IP:127.0.0.1", -1),
        },
        sasl: { SCRAM: "SCRAM-SHA-512", PLAIN: "PLAIN" },
        users: PASSWORDS,
        settings: {
          "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "super.users": "User:ANONYMOUS",
        },
      });
      const brokers = [`127.0.0.1:${broker.port}`];
      await ensureTopics({ brokers, clientId: "operator", logger }, ALL_TOPICS, { partitions: 2 });
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      for (const user of NAMES) {
        const acl = rulesOf(user);
        expect(acl.length).toBeGreaterThan(5);
        await admin.createAcls({ acl });
      }
      await admin.disconnect();
    });
    after(async () => {
      await broker?.close();
      await Deno.remove(folder, { recursive: true });
    });
    const settings = (listener: string, name: typeof NAMES[number]) => ({
      DATA_DIR: join(folder, `data-${listener}-${name}`),
      KAFKA_BROKERS: `127.0.0.1:${broker.listeners[listener]}`,
      KAFKA_TLS: "on",
      KAFKA_CA_FILE: authority!.file,
      KAFKA_SASL: listener === "PLAIN" ? "plain" : "scram-sha-512",
      KAFKA_USERNAME: name,
      KAFKA_PASSWORD: PASSWORDS[name],
      TREND_MIN_READERS: "1",
    });

    for (const listener of ["SCRAM", "PLAIN"]) {
      it(`start and work (${listener})`, async () => {
        const suite = await up((name) => settings(listener, name));
        await work(suite, `book-${listener}`);
        for (const one of running) {
          one.signal("SIGTERM");
          expect((await one.ended()).code).toBe(0);
          expect(one.err()).not.toMatch(/AUTHORIZATION|not authorized/i);
        }
      });
    }

    it("each say in their own line what is wrong with a certificate, or that only one side speaks TLS", async () => {
      const cases: [string, Record<string, string>, RegExp, boolean][] = [
        ["FOREIGN", {}, /its certificate is not of the authority in KAFKA_CA_FILE/, true],
        ["EXPIRED", {}, /its certificate has expired/, true],
        [
          "SCRAM",
          { KAFKA_TLS: "off", KAFKA_CA_FILE: "" },
          /a port that wants TLS .* closes so: look at KAFKA_TLS/,
          false,
        ],
        ["PLAINTEXT", {}, /speaks no TLS: look at KAFKA_TLS/, false],
      ];
      for (const [listener, more, says, ends] of cases) {
        const own = {
          ...settings("SCRAM", "trend"),
          ...more,
          KAFKA_BROKERS: `127.0.0.1:${broker.listeners[listener]}`,
        };
        const trend = start("trend", { ...own, DATA_DIR: Deno.makeTempDirSync({ dir: folder }) });
        running.push(trend);
        await eventually(() => says.test(trend.err()) || trend.isOver(), 40_000);
        expect([listener, trend.err()]).toEqual([listener, expect.stringMatching(says)]);
        if (ends) expect([listener, (await trend.ended()).code]).toEqual([listener, 1]);
        else await killAll([trend]);
      }
    });
  });
}

for (const { name: kind } of SERVERS) {
  describe(`services whose user has rights on data alone, on ${kind} over TLS`, () => {
    const folder = Deno.makeTempDirSync();
    let [authority, server]: [Authority | undefined, OwnServer | undefined] = [undefined, undefined];
    const data = join(folder, "data-dir");
    const query = async (...statements: string[]) => {
      const connection = await createConnection(`mysql://root@127.0.0.1:${server!.port}`);
      for (const one of statements) await connection.query(one);
      await connection.end();
    };
    before(async () => {
      authority = createAuthority(folder, "ours");
      const { certFile, keyFile } = authority.certify("IP:127.0.0.1");
      const options = [`--ssl-cert=${certFile}`, `--ssl-key=${keyFile}`];
      server = await startOwnServer(kind as "mysql", folder, options);
    });
    after(async () => {
      await server?.close();
      await Deno.remove(folder, { recursive: true });
    });
    const [always, making] = rows(section(PAGE, "## In the databases")).map(([, rights]) =>
      rights!.replace(" as well", "")
    );
    const settings = (name: typeof NAMES[number], word: string = PASSWORDS[name]) => ({
      DATA_DIR: data,
      MYSQL_URL: `mysql://${name}:${word}@127.0.0.1:${server!.port}`,
      MYSQL_TLS: "on",
      MYSQL_CA_FILE: authority!.file,
      TREND_MIN_READERS: "1",
    });

    it("make their tables with the rights for it, then start and work without these", async () => {
      for (const name of NAMES) {
        await query(
          `CREATE DATABASE bookstream_${name}`,
          `CREATE USER ${name}@'%' IDENTIFIED BY '${PASSWORDS[name]}' REQUIRE SSL`,
          `GRANT ${always}, ${making} ON bookstream_${name}.* TO ${name}@'%'`,
        );
      }
      await work(await up((name) => settings(name)), "first");
      await killAll(running.splice(0));
      for (const name of NAMES) await query(`REVOKE ${making} ON bookstream_${name}.* FROM ${name}@'%'`);
      await work(await up((name) => settings(name)), "second");
    });

    it("start and work on tables that `migrate` has made with the rights for it", async () => {
      await killAll(running.splice(0));
      for (const name of NAMES) {
        await query(`DROP DATABASE bookstream_${name}`, `CREATE DATABASE bookstream_${name}`);
        const refused = await operate("migrate", ["--service", name], settings(name));
        expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/refuses this login or right/)]);
        await query(`GRANT ${making} ON bookstream_${name}.* TO ${name}@'%'`);
        const done = await operate("migrate", ["--service", name], settings(name));
        expect([done.code, done.out]).toEqual([0, expect.stringContaining(name)]);
        await query(`REVOKE ${making} ON bookstream_${name}.* FROM ${name}@'%'`);
      }
      await work(await up((name) => settings(name)), "third");
    });

    it("log in with the password that the file has by then", async () => {
      const file = join(folder, "url");
      const write = (word: string) => Deno.writeTextFile(file, settings("trend", word).MYSQL_URL + "\n");
      await write(PASSWORDS.trend);
      const { MYSQL_URL: _, ...rest } = settings("trend");
      const trend = await ready("trend", { ...rest, MYSQL_URL_FILE: file });
      running.push(trend);
      const isReady = async () => (await fetch(`${trend.url()}/readyz`)).ok;
      expect(await isReady()).toBe(true);
      await query(`ALTER USER trend@'%' IDENTIFIED BY 'another-word'`);
      const connection = await createConnection(`mysql://root@127.0.0.1:${server!.port}`);
      const killThem = async () => {
        const [all] = await connection.query("SHOW PROCESSLIST");
        for (const { Id, User } of all as { Id: number; User: string }[]) {
          if (User === "trend") await connection.query(`KILL ${Id}`).catch(() => {});
        }
      };
      await eventually(async () => {
        await killThem();
        return !(await isReady());
      });
      await write("another-word");
      await eventually(isReady);
      await connection.end();
    });

    it("say in a line of its own that the server wants TLS, or has a certificate of somebody else", async () => {
      const plain = { MYSQL_TLS: "", MYSQL_CA_FILE: "" };
      const says = async (more: Record<string, string>, line: RegExp) => {
        const web = start("web", { ...settings("web"), ...more });
        expect([(await web.ended()).code, web.err()]).toEqual([1, expect.stringMatching(line)]);
      };
      await says(
        { MYSQL_CA_FILE: createAuthority(folder, "other").file },
        /its certificate is not of the authority in MYSQL_CA_FILE/,
      );
      // A user that wants TLS is refused as for a wrong password. Of the servers only MySQL says what itself wants.
      await says(plain, /refuses this login or right/);
      await query("ALTER USER web@'%' REQUIRE NONE");
      const connection = await createConnection(`mysql://root@127.0.0.1:${server!.port}`);
      await connection.query("SET GLOBAL require_secure_transport = ON");
      await says(plain, kind === "mysql" ? /wants TLS: set MYSQL_TLS=on/ : /refuses this login or right/);
      await connection.query("SET GLOBAL require_secure_transport = OFF");
      await connection.end();
    });
  });
}
