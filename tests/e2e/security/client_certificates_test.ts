import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection } from "mysql2";
import { clusterIdOf } from "@/adapters/kafka/connection/reach.ts";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { kafkaConnection, mysqlConnection } from "@/services/shared/adapters/servers.ts";
import { readSettings } from "@/services/settings/settings.ts";
import { type Certificate, createAuthority } from "@/tests/support/processes/certificates.ts";
import { type OwnServer, startOwnServer } from "@/tests/support/processes/own_server.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { savedBook } from "@/tests/support/databases/saved_book.ts";

const has = (setting: string) => (Deno.env.get(setting) ?? "") !== "";

/** Authorities, a certificate for the server, and files in which this client's certificate stands from time to time. */
function parts() {
  const folder = Deno.makeTempDirSync();
  const [ours, other] = [createAuthority(folder, "ours"), createAuthority(folder, "other")];
  const own = { certFile: `${folder}/own.pem`, keyFile: `${folder}/own.key` };
  const write = (text: Partial<Pick<Certificate, "cert" | "key">>) => {
    if (text.cert !== undefined) Deno.writeTextFileSync(own.certFile, text.cert);
    if (text.key !== undefined) Deno.writeTextFileSync(own.keyFile, text.key);
  };
  const client = (name: "KAFKA" | "MYSQL") => ({
    [`${name}_CERT_FILE`]: own.certFile,
    [`${name}_KEY_FILE`]: own.keyFile,
  });
  return { folder, ours, other, shown: ours.certify("IP:127.0.0.1"), write, client };
}

describe("a certificate of a client and its key", () => {
  it("are refused at start where they are none, or not of each other", async () => {
    const folder = Deno.makeTempDirSync();
    const authority = createAuthority(folder, "ours");
    const [one, other] = [authority.certify("DNS:a"), authority.certify("DNS:b")];
    const missing = `${folder}/missing.pem`;
    const right = { cert: one.certFile, key: one.keyFile };
    for (
      const [{ cert, key }, says] of [
        [right, undefined],
        [{ ...right, cert: missing }, `_CERT_FILE: cannot read ${missing}`],
        [{ ...right, key: missing }, `_KEY_FILE: cannot read ${missing}`],
        [{ ...right, cert: one.keyFile }, `_CERT_FILE: wanted a certificate in PEM in ${one.keyFile}`],
        [{ ...right, key: one.certFile }, `_KEY_FILE: wanted a key without a passphrase in PEM in ${one.certFile}`],
        [{ ...right, key: other.keyFile }, `_KEY_FILE: wanted the key of the certificate in ${one.certFile}, found`],
      ] as const
    ) {
      const settings = readSettings({
        KAFKA_BROKERS: "b:9092",
        KAFKA_TLS: "on",
        MYSQL_URL: "mysql://db",
        MYSQL_TLS: "on",
        KAFKA_CERT_FILE: cert,
        KAFKA_KEY_FILE: key,
        MYSQL_CERT_FILE: cert,
        MYSQL_KEY_FILE: key,
      }, []);
      for (
        const [server, connect] of [
          ["KAFKA", () => void kafkaConnection("b:9092", settings, logger)],
          ["MYSQL", () => void mysqlConnection("mysql://db", settings, "web", logger)],
        ] as const
      ) {
        if (says === undefined) connect();
        else expect(connect).toThrow(server + says);
      }
    }
    await Deno.remove(folder, { recursive: true });
  });

  it("are kept while their files hold what cannot be used, and the log says so once", async () => {
    const folder = Deno.makeTempDirSync();
    const [one, other] = ["a", "b"].map((name) => createAuthority(folder, `from ${name}`).certify(`DNS:${name}`));
    const [caFile, certFile, keyFile] = ["ca.pem", "cert.pem", "key.pem"].map((name) => `${folder}/${name}`);
    const write = (ca: string, cert: string, key: string) => {
      for (const [file, text] of [[caFile!, ca], [certFile!, cert], [keyFile!, key]] as const) {
        Deno.writeTextFileSync(file, text);
      }
    };
    write(one!.cert, one!.cert, one!.key);
    const settings = readSettings({
      KAFKA_BROKERS: "b:9092",
      KAFKA_TLS: "on",
      KAFKA_CA_FILE: caFile!,
      KAFKA_CERT_FILE: certFile!,
      KAFKA_KEY_FILE: keyFile!,
    }, []);
    const said: unknown[] = [];
    const watched = { ...logger, error: (event: string, facts?: object) => void said.push({ event, ...facts }) };
    const tls = kafkaConnection("b:9092", settings, watched).tls!;
    const read = () => [tls.ca, tls.cert, tls.key].map((text) => text!.trim());
    const held = [one!.cert, one!.cert, one!.key].map((text) => text.trim());
    expect([read(), said]).toEqual([held, []]);
    write("no certificate", one!.cert, other!.key);
    expect([read(), read()]).toEqual([held, held]);
    expect(said.splice(0)).toEqual(
      ["KAFKA_CA_FILE", "KAFKA_KEY_FILE"].map((setting) => ({ event: "secret-refused", setting })),
    );
    write(other!.cert, other!.cert, other!.key);
    expect([read(), said]).toEqual([[other!.cert, other!.cert, other!.key].map((text) => text.trim()), []]);
    await Deno.remove(folder, { recursive: true });
  });
});

for (const [kind, setting] of [["mysql", "MYSQL_URL"], ["mariadb", "MARIADB_URL"]] as const) {
  if (!has(setting)) continue;
  describe(`${kind} that asks for a certificate of its client`, () => {
    const { folder, ours, other, shown, write, client } = parts();
    const [first, second] = [ours.certify("DNS:web"), ours.certify("DNS:web")];
    let server: OwnServer | undefined;

    before(async () => {
      const tls = [`--ssl-cert=${shown.certFile}`, `--ssl-key=${shown.keyFile}`, `--ssl-ca=${ours.file}`];
      server = await startOwnServer(kind, folder, tls);
      await asRoot("CREATE USER web REQUIRE X509", "GRANT ALL ON `tls_%`.* TO web");
    });
    after(async () => {
      await server?.close();
      await Deno.remove(folder, { recursive: true });
    });
    async function asRoot(...statements: string[]): Promise<void> {
      const root = await createConnection(`mysql://root@127.0.0.1:${server!.port}`);
      for (const statement of statements) await root.query(statement);
      await root.end();
    }
    /** A service's connection by its settings; what it returns writes and reads a book by it. */
    function connect(more: Record<string, string>, host = "127.0.0.1") {
      const url = `mysql://web@${host}:${server!.port}`;
      const given = { MYSQL_URL: url, MYSQL_TLS: "on", MYSQL_CA_FILE: ours.file, MYSQL_PREFIX: "tls_", ...more };
      const connection = mysqlConnection(url, readSettings(given, []), "web", logger);
      return () => savedBook(openWebStore(connection));
    }

    it("takes a client that shows one, and refuses another with words", async () => {
      write(first);
      expect(await connect(client("MYSQL"))()).toBe("b");
      await expect(connect({})()).rejects.toThrow(
        /the store refuses this login or right: Access denied for user 'web'/,
      );
      write(other.certify("DNS:web"));
      await expect(connect(client("MYSQL"))()).rejects.toThrow(
        /^the store refuses this client over TLS: .*MYSQL_CERT_FILE/,
      );
    });

    it("is used by its own certificate alone: for its address, and of the authority that is named", async () => {
      write(first);
      await expect(connect(client("MYSQL"), "localhost")()).rejects.toThrow(/for another host than the setting names/);
      await expect(connect({ ...client("MYSQL"), MYSQL_CA_FILE: other.file })()).rejects.toThrow(
        /not of the authority in MYSQL_CA_FILE/,
      );
    });

    it("is shown another one once the files hold it, and the last one while only one of them does", async () => {
      write(first);
      const subject = (at: number) => `ALTER USER web REQUIRE SUBJECT '/CN=ours-${at}'`;
      const numberOf = ({ certFile }: Certificate) => Number(/-(\d+)\.pem$/.exec(certFile)![1]);
      await asRoot(subject(numberOf(first)));
      const use = connect(client("MYSQL"));
      expect(await use()).toBe("b");
      write({ cert: second.cert });
      expect(await use()).toBe("b");
      write({ key: second.key });
      await expect(use()).rejects.toThrow(/Access denied/);
      await asRoot(subject(numberOf(second)));
      expect(await use()).toBe("b");
    });
  });
}

if (has("KAFKA_BROKERS")) {
  describe("a broker that asks for a certificate of its client", () => {
    // The broker closes at once, so its alert is lost now and then.
    const REFUSED = /^the (brokers cannot be used like this|log does not answer): .*KAFKA_CERT_FILE/;
    const { folder, ours, other, shown, write, client } = parts();
    const [first, second] = [ours.certify("DNS:web"), ours.certify("DNS:web")];
    let broker: OwnServer | undefined;

    before(async () => {
      const of = "listener.name.mutual.ssl";
      broker = await startOwnServer("kafka", folder, {
        java: ["-Xmx256m"],
        tls: { MUTUAL: shown },
        settings: {
          [`${of}.client.auth`]: "required",
          [`${of}.truststore.type`]: "PEM",
          [`${of}.truststore.certificates`]: ours.pem.trim().replaceAll("\n", "\\n"),
        },
      });
    });
    after(async () => {
      await broker?.close();
      await Deno.remove(folder, { recursive: true });
    });
    function connect(more: Record<string, string>) {
      const brokers = `127.0.0.1:${broker!.listeners.MUTUAL}`;
      const given = { KAFKA_BROKERS: brokers, KAFKA_TLS: "on", KAFKA_CA_FILE: ours.file, ...more };
      const connection = kafkaConnection(brokers, readSettings(given, []), logger);
      return () => clusterIdOf(connection);
    }

    it("takes a client that shows one, and refuses another with words that name the setting", async () => {
      write(first);
      expect(await connect(client("KAFKA"))()).toMatch(/^\S{22}$/);
      for (const use of [connect({}), (write(other.certify("DNS:web")), connect(client("KAFKA")))]) {
        await expect(use()).rejects.toThrow(REFUSED);
      }
    });

    it("is shown another one once the files hold it, and the last one while only one of them does", async () => {
      write(first);
      const use = connect(client("KAFKA"));
      const id = await use();
      const foreign = other.certify("DNS:web");
      write({ cert: foreign.cert });
      expect(await use()).toBe(id);
      write({ key: foreign.key });
      await expect(use()).rejects.toThrow(REFUSED);
      write(second);
      expect(await use()).toBe(id);
    });
  });
}
