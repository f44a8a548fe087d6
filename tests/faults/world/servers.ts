import { join } from "node:path";
import { startMariadb, startMysql } from "@/tools/servers/databases.ts";
import { startKafka } from "@/tools/servers/kafka.ts";
import { end, runs } from "@/tools/servers/processes.ts";
import type { Server } from "@/tools/servers/server.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { type Disk, mountDisk } from "./disk.ts";
import { createProxy, type Proxy } from "./proxy.ts";
import type { Random } from "@/application/shared/random.ts";

export type StoreKind = "mysql" | "mariadb" | "sqlite";
export type LogKind = "kafka" | "sqlite";

/** A server of this run's own, which may be treated badly. */
interface OwnServer {
  name: string;
  /** Reached directly, past any proxy. */
  port: number;
  signal(name: Deno.Signal): void;
  running(): boolean;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** Starts it again on its data and port. */
  start(): Promise<void>;
}

/** Services as seen by the servers: each kind of client comes in by a way of its own. */
export type Way = "web" | "trend" | "recommendation";
export const WAYS: Way[] = ["web", "trend", "recommendation"];
/** Services whose stores are made from events, and may be made again from them. */
export type Projection = Exclude<Way, "web">;
export const PROJECTIONS: Projection[] = ["trend", "recommendation"];

export interface Servers {
  kafka?: OwnServer;
  database?: OwnServer;
  /** Between the services and Kafka, and between them and the database. */
  toKafka: Record<Way, Proxy>;
  toDatabase: Record<Way, Proxy>;
  /** Where the services are told to look; empty where they use files. */
  settingsFor(way: Way): Record<string, string>;
  /** The folder of Kafka's own files. */
  kafkaData?: string;
  /** Where a server has a small disk of its own. */
  disks: { kafka?: Disk; database?: Disk };
  /** All proxies pass, no disk is full, all servers run. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export type ServersDeps = {
  log: LogKind;
  store: StoreKind;
  folder: string;
  random: Random;
  /** Sizes of small disks for the servers' data, such as `300m`. */
  disks?: { kafka?: string; database?: string };
};

/** Little memory, and quick to start on few cores. */
const JAVA = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
const MYSQL = ["--performance-schema=OFF", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=1"];

/** Starts a broker and a database for this run alone, with proxies before them. */
export async function startServers({ log, store, folder, random, disks: sizes = {} }: ServersDeps): Promise<Servers> {
  const proxies = async () =>
    Object.fromEntries(
      await Promise.all(WAYS.map(async (way) => [way, await createProxy(random.fork(way))])),
    ) as Record<Way, Proxy>;
  const [toKafka, toDatabase] = [await proxies(), await proxies()];
  const all = [...Object.values(toKafka), ...Object.values(toDatabase)];
  const closeProxies = () => Promise.all(all.map((proxy) => proxy.close()));
  const disks: Servers["disks"] = {};
  const unmount = () => Promise.all(Object.values(disks).map((disk) => disk.unmount()));
  try {
    const [kafkaFolder, databaseFolder] = [folderIn(folder, "kafka"), folderIn(folder, store)];
    if (sizes.kafka !== undefined) disks.kafka = await mountDisk(kafkaFolder, sizes.kafka);
    if (sizes.database !== undefined) disks.database = await mountDisk(databaseFolder, sizes.database);
    const started = await Promise.all([
      log === "kafka" ? ownKafka(kafkaFolder, toKafka) : undefined,
      store === "sqlite" ? undefined : ownDatabase(store, databaseFolder, toDatabase),
    ]);
    const [kafka, database] = started;
    return {
      ...(kafka === undefined ? {} : { kafka, kafkaData: join(kafkaFolder, "data") }),
      ...(database === undefined ? {} : { database }),
      toKafka,
      toDatabase,
      disks,
      settingsFor: (way) => ({
        ...(kafka === undefined ? {} : { KAFKA_BROKERS: `127.0.0.1:${toKafka[way].port}` }),
        ...(database === undefined ? {} : { MYSQL_URL: `mysql://root@127.0.0.1:${toDatabase[way].port}` }),
      }),
      async heal() {
        for (const proxy of all) proxy.heal();
        for (const disk of Object.values(disks)) await disk.free().catch(() => {});
        for (const server of started) {
          if (server === undefined) continue;
          if (server.running()) server.signal("SIGCONT");
          else await server.start();
        }
      },
      async close() {
        await Promise.all(started.map((server) => server?.kill()));
        await closeProxies();
        await unmount();
      },
    };
  } catch (error) {
    await closeProxies();
    await unmount();
    throw error;
  }
}

function folderIn(folder: string, name: string): string {
  const path = join(folder, name);
  Deno.mkdirSync(path, { recursive: true });
  return path;
}

async function ownKafka(folder: string, ways: Record<Way, Proxy>): Promise<OwnServer> {
  const behind = Object.fromEntries(WAYS.map((way) => [way.toUpperCase(), ways[way].port]));
  const settings = {
    "offsets.topic.num.partitions": "3",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    // A broker that was killed is taken back once its old session is over.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "num.network.threads": "2",
    "num.io.threads": "3",
  };
  const start = () => startKafka(folder, { java: JAVA, behind, settings });
  const { listeners, ...server } = await start();
  for (const way of WAYS) ways[way].target(listeners[way.toUpperCase()]!);
  return owned(server, start);
}

async function ownDatabase(
  store: "mysql" | "mariadb",
  folder: string,
  ways: Record<Way, Proxy>,
): Promise<OwnServer> {
  const start = () => store === "mysql" ? startMysql(folder, MYSQL) : startMariadb(folder);
  const server = await start();
  for (const way of WAYS) ways[way].target(server.port);
  return owned(server, start);
}

function owned(first: Server, again: () => Promise<Server>): OwnServer {
  let server = first;
  const signal = (name: Deno.Signal) => Deno.kill(server.process.pid, name);
  return {
    name: first.name,
    port: first.port,
    signal,
    running: () => runs(server.process),
    async kill() {
      if (!runs(server.process)) return;
      signal("SIGKILL");
      await eventually(() => !runs(server.process));
    },
    stop: () => end(server.process),
    async start() {
      if (!runs(server.process)) server = await again();
    },
  };
}
