import { keyName } from "@/application/messaging/wire/key_name.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { type Facts, firsts, type Said, type Violation } from "./facts.ts";
import { forgottenBy } from "./letters.ts";

const OWN = "/bookstream/";

/** I1, I2, I4 and I11 between commands, transactions and the log: exact sets of event ids, and their order per key. */
export async function checkEvents(facts: Facts): Promise<Violation[]> {
  const { world, said, logged, letters } = facts;
  const found: Violation[] = [];
  const breach = (invariant: string, detail: string) => void found.push({ invariant, detail });
  const own = logged.filter(({ envelope }) => envelope.source.startsWith(OWN));
  const inLog = new Set(own.map(({ envelope }) => envelope.id));
  const saidIds = new Set<string>();

  for (const { envelope } of said) {
    if (saidIds.has(envelope.id) && !isFailure(envelope.type)) {
      breach("I1", `the event ${envelope.id} was committed twice`);
    }
    saidIds.add(envelope.id);
    if (!inLog.has(envelope.id)) breach("I1", `the event ${envelope.id} (${envelope.type}) is not in the log`);
  }
  for (const id of inLog) {
    if (!saidIds.has(id)) breach("I2", `the event ${id} is in the log, but no transaction said it`);
  }

  // What waits in a letter is answered once that is settled; what was forgotten with its reader, never.
  const waits = new Set(
    [...letters.values()].flat().filter(({ reason }) => reason === "behind").map(({ message }) =>
      message.headers.ce_id
    ),
  );
  for (const id of forgottenCommands(facts)) waits.add(id);
  const byCause = Map.groupBy(said, ({ envelope }) => envelope.causationid ?? "");
  for (const { command, type, via, repeats, answer, events } of world.history.sent) {
    const caused = firsts(byCause.get(command) ?? [], ({ envelope }) => envelope.id);
    for (const id of events) {
      if (!inLog.has(id)) breach("I1", `${command} was answered with ${id}, which is not in the log`);
    }
    if (caused.filter(({ envelope }) => !isFailure(envelope.type)).length > 1) {
      breach("I1", `the command ${command} (${type}) has ${caused.length} events`);
    }
    const ended = via === "topic" || answer === "done";
    if (waits.has(command)) continue;
    if (ended && !repeats && caused.length === 0) breach("I1", `the command ${command} (${type}) has no event`);
    if (answer === "rejected" && caused.length > 0) breach("I2", `${command} was refused and has an event`);
  }
  for (const [act, tries] of Map.groupBy(world.history.sent, ({ act }) => act)) {
    if (act === undefined || !tries.some(({ answer }) => answer === "done")) continue;
    if (!inLog.has(act)) breach("I1", `the act ${act} was accepted and has no event`);
  }

  const keyed = ({ topic, key }: Said) => `${topic} ${key}`;
  const orders = Map.groupBy(
    firsts(own, ({ envelope }) => envelope.id).map(({ message, envelope }) => ({
      envelope,
      topic: message.topic,
      key: envelope.partitionkey ?? "",
    })),
    keyed,
  );
  for (const [key, events] of Map.groupBy(firsts(said, ({ envelope }) => envelope.id), keyed)) {
    const wanted = events.map(({ envelope }) => envelope.id).filter((id) => inLog.has(id)).join(" ");
    const seen = (orders.get(key) ?? []).map(({ envelope }) => envelope.id).join(" ");
    if (wanted !== seen) breach("I4", `${key}: committed as ${wanted}, in the log as ${seen}`);
  }
  const left = await world.servers.web.store.outbox.size();
  if (left > 0) breach("I11", `${left} rows are left in the outbox`);
  return [...found, ...await checkShelf(said, world.servers.web.store.shelf)];
}

/** Ids of commands whose letters may have gone with their reader. */
export function forgottenCommands(facts: Facts): string[] {
  const gone = forgottenBy("activity-commands", facts);
  return [...facts.world.history.log.values()].flat()
    .filter(({ topic, key }) => topic === TOPICS.activityCommands && key !== null && gone.has(keyName(key)))
    .flatMap(({ headers }) => headers.ce_id ?? []);
}

/** A command that is sent twice and fails twice says so twice, by one id. */
const isFailure = (type: string): boolean => type.endsWith(".command-failed.v1");

type Shelf = { count(): Promise<number>; get(id: string): Promise<{ version: number; title: string } | undefined> };

/** The catalogue is what its events say, no more and no less; the versions of an id count up by one, also over a removal. */
async function checkShelf(said: Said[], shelf: Shelf): Promise<Violation[]> {
  const found: Violation[] = [];
  const books = new Map<string, { version: number; title: string }>();
  const versions = new Map<string, number>();
  for (const { envelope } of said) {
    const data = envelope.data as { id: string; version: number; title: string };
    const before = versions.get(data.id) ?? 0;
    if (envelope.type === CATALOG.bookAdded || envelope.type === CATALOG.bookChanged) books.set(data.id, data);
    else if (envelope.type === CATALOG.bookRemoved) books.delete(data.id);
    else continue;
    versions.set(data.id, data.version);
    if (data.version !== before + 1) {
      found.push({ invariant: "I4", detail: `${data.id}: version ${data.version} comes behind ${before}` });
    }
  }
  if (await shelf.count() !== books.size) {
    found.push({ invariant: "I2", detail: `${await shelf.count()} books are stored, the events say ${books.size}` });
  }
  for (const [id, { version, title }] of books) {
    const stored = await shelf.get(id);
    if (stored?.version !== version || stored.title !== title) {
      found.push({ invariant: "I2", detail: `${id} is stored as ${stored?.version}, its events say ${version}` });
    }
  }
  return found;
}
