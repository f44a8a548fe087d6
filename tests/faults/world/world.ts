import { join } from "node:path";
import type { Outgoing } from "@/application/messaging/wire/event_log.ts";
import type { Audit } from "@/tests/faults/evidence/audit.ts";
import { type Calls, createCalls } from "@/tests/faults/clients/calls.ts";
import { type Http, httpTo, TOKEN } from "@/tests/faults/clients/http.ts";
import type { Random } from "@/application/shared/random.ts";
import type { Servers, StoreKind, Way } from "./servers.ts";
import { createServices, type Member, type Services } from "./services.ts";
import { type Tables, tablesOf } from "./tables.ts";
import { kafkaTopics, sqliteTopics, type Topics } from "./topics.ts";
import { startWatch, type Watch } from "@/tests/faults/evidence/watch.ts";
import { begin, operate } from "@/tests/support/processes/processes.ts";
import { createWorkload, LOAD, type Load, type Workload } from "@/tests/faults/clients/workload.ts";
import type { Sightings } from "@/tests/oracle/evidence.ts";
import type { Violation } from "@/tests/oracle/violation.ts";

/** A message that must become a dead letter of some consumers, each once, with its bytes as they were. */
export type Planted = { message: Outgoing; consumers: string[] };

/** All that a scenario works with. */
export interface World {
  random: Random;
  servers: Servers;
  services: Services;
  topics: Topics;
  tables: Tables;
  /** The folder of the embedded parts' files. */
  data: string;
  calls: Calls;
  workload: Workload;
  watch: Watch;
  /** What the database notes of positions, once it does. */
  audit?: Audit;
  web: Http;
  /** The processes of the web service to which clients are sent in turn. */
  doors: string[];
  trend: Http;
  recommendation: Http;
  /** A process of a service: `trend`, or a further one such as `trend-2`, with settings of its own. */
  member(name: string, env?: Record<string, string>): Member;
  /** A process of the version before. */
  before(name: string, env?: Record<string, string>): Member;
  /** How long the harm is asked to last, where somebody said so. */
  lastsMs?: number;
  /** Milliseconds since the start. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** Notes what is done to the suite. */
  say(what: string): void;
  said(): string[];
  /** Notes a promise that was not kept. */
  breach(invariant: string, what: string, example?: string): void;
  breaches(): Violation[];
  /** What readers have seen by the end, where a scenario has some who look. */
  sightings?: () => Sightings;
  /** Messages that must become dead letters. */
  planted: Planted[];
  /** Ids of events that another system has put into the topics. */
  foreign: Set<string>;
  /** Runs an operator's command with the settings of a service. */
  operate(command: string, args: string[], service: Way): ReturnType<typeof operate>;
  /** Starts an operator's command with the settings of a service, to be killed. */
  begin(command: string, args: string[], service: Way): ReturnType<typeof begin>;
  /** Why requests to web had no answer that says whether they happened, with how many there were. */
  losses(): string;
  /** A figure for the report. */
  measure(name: string, value: number | string): void;
  figures(): Record<string, number | string>;
  clear(): Promise<void>;
}

export type WorldDeps = {
  servers: Servers;
  store: StoreKind;
  folder: string;
  random: Random;
  load: Partial<Load>;
  partitions: number;
  /** How long clients wait for an answer. */
  clientsWaitMs?: number | undefined;
  loud: boolean;
  lastsMs?: number;
  /** The folder of the version before, where there is one. */
  before?: string;
};

/** Topics, databases and settings of one scenario's own, on servers that may be shared with others before and after it. */
export function createWorld(
  { servers, store, folder, random, load, partitions, clientsWaitMs, loud, lastsMs, before }: WorldDeps,
): World {
  const run = crypto.randomUUID().slice(0, 8);
  const [topicPrefix, databasePrefix, data] = [`f${run}.`, `f${run}_`, join(folder, run)];
  Deno.mkdirSync(data, { recursive: true });
  const from = performance.now();
  const now = () => performance.now() - from;
  const services = createServices();
  const topics = servers.kafka === undefined ? sqliteTopics(data) : kafkaTopics(servers.kafka.port, topicPrefix);
  const tables = tablesOf(store, servers.database?.port ?? 0, databasePrefix, data);
  const calls = createCalls(now);
  const doors = ["web"];
  let turn = 0;
  const said: string[] = [];
  const say = (what: string) => {
    said.push(`${(now() / 1000).toFixed(1)} s: ${what}`);
    if (loud) console.log(`    ${said.at(-1)}`);
  };
  const losses = new Map<string, number>();
  const lost = (why: string) => losses.set(why, (losses.get(why) ?? 0) + 1);
  const web = httpTo(() => services.url(doors[turn++ % doors.length]!), { patienceMs: clientsWaitMs, lost, say });
  const breaches: Violation[] = [];
  const figures: Record<string, number | string> = {};
  const shared = {
    ...settingsOf(partitions),
    DATA_DIR: data,
    KAFKA_PREFIX: topicPrefix,
    MYSQL_PREFIX: databasePrefix,
  };
  const memberOf = (name: string, env: Record<string, string> = {}): Member => {
    const service = name.split("-")[0] as Way;
    return { name, service, env: { ...servers.settingsFor(service), ...shared, ...env } };
  };
  const workload = createWorkload({
    random: random.fork("workload"),
    load: { ...LOAD, ...load },
    calls,
    web,
    append: (messages) => topics.append(messages),
    now,
  });
  return {
    random: random.fork("nemesis"),
    servers,
    services,
    topics,
    tables,
    data,
    calls,
    workload,
    web,
    doors,
    ...(lastsMs === undefined ? {} : { lastsMs }),
    now,
    watch: startWatch(tables, services, now),
    losses: () => [...losses].map(([why, count]) => `${count} times ${why}`).join(", "),
    trend: httpTo(() => services.url("trend")),
    recommendation: httpTo(() => services.url("recommendation")),
    member: memberOf,
    before: (name, env) => ({ ...memberOf(name, env), program: before }),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    say,
    said: () => said,
    breach: (invariant, what, example) =>
      void breaches.push({ invariant, what, count: 1, examples: example === undefined ? [] : [example] }),
    breaches: () => breaches,
    planted: [],
    foreign: new Set(),
    operate: (command, args, service) => operate(command, args, memberOf(service).env),
    begin: (command, args, service) => begin(command, args, memberOf(service).env),
    measure: (name, value) => void (figures[name] = value),
    figures: () => figures,
    async clear() {
      await services.clear();
      await topics.clear();
      await tables.clear();
      await Deno.remove(data, { recursive: true });
    },
  };
}

const settingsOf = (partitions: number) => ({
  ADMIN_TOKEN: TOKEN,
  KAFKA_PARTITIONS: String(partitions),
  TREND_MIN_READERS: "1",
  LOG_LEVEL: "info",
});
