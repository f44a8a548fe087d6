import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { openRecommendationStore } from "@/adapters/sqlite/stores/recommendation_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { CATALOG } from "@/application/catalog/messages.ts";
import { keepLease } from "@/application/messaging/leases/keep_lease.ts";
import { LEASE_MS } from "@/application/messaging/rebuild/rebuild.ts";
import type { RecommendationStore } from "@/application/recommendation/ports.ts";
import { LATELY } from "@/domain/recommendation/neighbours.ts";
import { DEFAULT_SETTINGS } from "@/domain/recommendation/settings.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { event } from "@/tests/support/mixture.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { operate, ready } from "@/tests/support/processes/processes.ts";
import { silent as logger } from "@/tests/support/samples.ts";

const READERS = 120;
const BEGAN = Date.now() - 86_400_000;
/** Settings under which nothing counts that is chosen lately. */
const POOR = { ...DEFAULT_SETTINGS, lately: 0 };

/** Every reader reads books that nobody else does, and once, a third of them before the others, what everybody reads now. */
const acts = Array.from({ length: READERS * 10 }, (_, nth) => {
  const [at, reader] = [Math.floor(nth / READERS), nth % READERS];
  const isNow = at === (reader % 3 === 0 ? 7 : 9);
  const book = isNow ? `what-all-read-${reader % 5}` : `own-${reader}-${at}`;
  return { id: `e${nth}`, time: BEGAN + at * 1_000_000 + reader, data: { reader: `r${reader}`, book, shelf: "read" } };
});
/** Only books of the catalogue are listed. */
const books = [...new Set(acts.map(({ data }) => data.book))].map((id) => {
  const data = { id, title: id, authors: [], subjects: [], popularity: 0, version: 1 };
  return event(CATALOG.bookAdded, `added-${id}`, id, BEGAN, data).message;
});
const messages = acts.map(({ id, time, data }) => event(ACTIVITY.bookShelved, id, data.reader, time, data).message);

describe("tune recommendation, while the service is running", () => {
  const folder = Deno.makeTempDirSync();
  const env = { DATA_DIR: folder, ADMIN_TOKEN: "token-of-an-operator" };
  let store: RecommendationStore & { close(): Promise<void> };
  let service: Started;
  const settingsOf = (version: number) => store.at(version).settings.read();
  const readersOf = async (version: number) => (await store.at(version).books.neighbours([LATELY]))[0]?.readers;
  before(async () => {
    store = openRecommendationStore({ path: `${folder}/recommendation.db`, clock });
    await store.at(1).settings.put(POOR, clock.now());
    const log = await openEventLog({ path: `${folder}/log.db`, clock, ids, logger });
    await log.append([...books, ...messages]);
    await log.close();
    service = await ready("recommendation", env);
    await eventually(async () =>
      await readersOf(1) === READERS && (await store.at(1).books.facts(["own-1-1"])).length === 1 &&
      (await store.at(1).marks.oldest(1)).length === 0 &&
      (await store.at(1).readers.page("", 10_000)).length === messages.length
    );
  });
  after(async () => {
    service.signal("SIGTERM");
    expect((await service.ended()).code).toBe(0);
    await store.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("a dry run says what would be won and changes nothing", async () => {
    const { code, out } = await operate("tune", ["recommendation", "--dry-run"], env);
    expect([code, out.includes("lately: "), out.includes("nothing was changed (--dry-run)")]).toEqual([0, true, true]);
    expect([(await store.live()).version, await settingsOf(2)]).toEqual([1, POOR]);
  });

  it("while another rebuild fills the next version, that one keeps the settings that it began with", async () => {
    const another = await keepLease({
      leases: store.leases,
      name: "rebuild-recommendation",
      owner: "another",
      clock,
      durationMs: LEASE_MS,
      onLost() {},
    });
    const { code, err } = await operate("tune", ["recommendation", "--json"], env);
    await another!.release();
    expect([code, err.includes("is being rebuilt by another process")]).toEqual([1, true]);
    expect(await settingsOf(2)).toEqual(POOR);
  });

  it("shows a version that was filled with the better settings, which the service follows", async () => {
    const { code, out } = await operate("tune", ["recommendation", "--json"], env);
    const { settings, before, after, version } = JSON.parse(out);
    expect([code, version, (await store.live()).version, after > before]).toEqual([0, 2, 2, true]);
    expect([await settingsOf(1), await settingsOf(2)]).toEqual([POOR, { ...settings, acts: messages.length }]);
    expect(await readersOf(2)).toBe(READERS);
  });
});
