import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createConnection } from "mysql2";
import { clusterIdOf } from "@/adapters/kafka/connection/reach.ts";
import { openKafkaLog } from "@/adapters/kafka/event_log.ts";
import { openWebStore } from "@/adapters/mysql/stores/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { Unavailable } from "@/application/faults.ts";
import { type Authority, type Certificate, createAuthority } from "@/tests/support/processes/certificates.ts";
import { type OwnServer, startOwnServer } from "@/tests/support/processes/own_server.ts";
import { silent as logger } from "@/tests/support/samples.ts";
import { savedBook } from "@/tests/support/databases/saved_book.ts";

const has = (setting: string) => (Deno.env.get(setting) ?? "") !== "";
/** Authorities and a folder of a server's own. */
function fresh(): { folder: string; ours: Authority; other: Authority } {
  const folder = Deno.makeTempDirSync();
  return { folder, ours: createAuthority(folder, "ours"), other: createAuthority(folder, "other") };
}
const EXPIRED = -1;

if (has("MARIADB_URL")) {
  describe("a database server over TLS", () => {
    const { folder, ours, other } = fresh();
    const shown = ours.certify("IP:127.0.0.1");
    let server: OwnServer | undefined;
    const url = (host: string) => `mysql://root@${host}:${server!.port}`;

    before(async () => {
      server = await startOwnServer("mariadb", folder, [`--ssl-cert=${shown.certFile}`, `--ssl-key=${shown.keyFile}`]);
    });
    after(async () => {
      await server?.close();
      await Deno.remove(folder, { recursive: true });
    });

    /** The server shows another certificate from now on. */
    async function show({ cert, key }: Certificate): Promise<void> {
      await Deno.writeTextFile(shown.certFile, cert);
      await Deno.writeTextFile(shown.keyFile, key);
      const connection = await createConnection(url("127.0.0.1"));
      await connection.query("FLUSH SSL");
      await connection.end();
    }
    /** Writes and reads a book there. */
    const use = (host: string, ca: string): Promise<string | undefined> =>
      savedBook(openWebStore({ server: { url: url(host), tls: { ca } }, name: "tls_web", clock }));

    it("is used by its address where its certificate is for that, and by its name where it is for the name", async () => {
      await show(ours.certify("IP:127.0.0.1"));
      expect(await use("127.0.0.1", ours.pem)).toBe("b");
      await show(ours.certify("DNS:localhost"));
      expect(await use("localhost", ours.pem)).toBe("b");
    });

    it("is refused where its certificate is for another name or address, also for localhost", async () => {
      const wrong = (names: string, host: string): [string, string] => [names, host];
      for (
        const [names, host] of [
          wrong("DNS:db.example", "localhost"),
          wrong("DNS:db.example", "127.0.0.1"),
          wrong("IP:127.0.0.2", "127.0.0.1"),
          // What stands for every machine itself says nothing of the one at this address.
          wrong("DNS:localhost", "127.0.0.1"),
          wrong("IP:127.0.0.1", "localhost"),
        ]
      ) {
        await show(ours.certify(names));
        await expect(use(host, ours.pem)).rejects.toThrow(/cannot show who it is: .*does not match certificate/);
        await expect(use(host, ours.pem)).rejects.toThrow(Unavailable);
      }
    });

    it("is refused where another authority has made its certificate, and where that has expired", async () => {
      await show(other.certify("IP:127.0.0.1"));
      await expect(use("127.0.0.1", ours.pem)).rejects.toThrow(/cannot show who it is: .*verify/);
      await show(ours.certify("IP:127.0.0.1", EXPIRED));
      await expect(use("127.0.0.1", ours.pem)).rejects.toThrow(/cannot show who it is: .*expired/);
    });
  });
}

if (has("KAFKA_BROKERS")) {
  describe("a broker over TLS", () => {
    const { folder, ours, other } = fresh();
    const listeners = {
      RIGHT: ours.certify("IP:127.0.0.1"),
      NAMED: ours.certify("DNS:localhost"),
      FOREIGN: other.certify("IP:127.0.0.1"),
      EXPIRED: ours.certify("IP:127.0.0.1", EXPIRED),
    };
    let broker: OwnServer | undefined;
    const connection = (listener: keyof typeof listeners, host = "127.0.0.1") => ({
      brokers: [`${host}:${broker!.listeners[listener]}`],
      clientId: "tls",
      prefix: "tls.",
      tls: { ca: ours.pem },
      logger,
      clock,
    });

    before(async () => {
      broker = await startOwnServer("kafka", folder, { tls: listeners });
    });
    after(async () => {
      await broker?.close();
      await Deno.remove(folder, { recursive: true });
    });

    it("is used where its certificate is for its address", async () => {
      const log = openKafkaLog(connection("RIGHT"), { topics: ["t"], partitions: 1 });
      expect(await log.id()).toMatch(/^tls\.@/);
      const key = new TextEncoder().encode("k");
      await log.append([{ topic: "t", key, headers: {}, value: key }]);
      expect(await log.lag([{ topic: "t", partition: 0, next: undefined }])).toEqual([1]);
      await log.close();
    });

    it("is refused, and not awaited, where its certificate is for another name, of another authority, or has expired", async () => {
      for (
        const [listener, says] of [
          ["NAMED", /does not match certificate/],
          ["FOREIGN", /verify the first certificate/],
          ["EXPIRED", /certificate has expired/],
        ] as const
      ) {
        const reached = clusterIdOf(connection(listener));
        await expect(reached).rejects.toThrow(says);
        await expect(reached).rejects.toThrow(/^the brokers cannot be used like this/);
        await expect(reached).rejects.not.toThrow(Unavailable);
      }
      await expect(clusterIdOf(connection("RIGHT", "localhost"))).rejects.toThrow(/does not match certificate/);
    });
  });
}
