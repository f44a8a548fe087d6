import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openEventLog } from "@/adapters/sqlite/log/event_log.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { ACTIVITY } from "@/application/activity/messages.ts";
import { encode } from "@/application/messaging/wire/codec.ts";
import { TOPICS } from "@/application/published/topics.ts";
import { eventually } from "@/tests/support/eventually.ts";
import type { Started } from "@/tests/support/processes/launch.ts";
import { operate, ready } from "@/tests/support/processes/processes.ts";
import { message, silent as logger } from "@/tests/support/samples.ts";

const TOKEN = "token-of-an-operator";

describe("dead-letters, while the suite is running", () => {
  const folder = Deno.makeTempDirSync();
  const env = { DATA_DIR: folder, ADMIN_TOKEN: TOKEN, SAMPLE_CATALOGUE: "off", TREND_MIN_READERS: "1" };
  let suite: Started;
  before(async () => {
    suite = await ready("suite", env);
    const log = await openEventLog({ path: `${folder}/log.db`, clock, ids, logger });
    const newer = encode({
      id: "newer",
      source: "/other-team",
      type: "bookstream.activity.book-rated.v2",
      time: new Date().toISOString(),
      correlationid: "cor-newer",
      data: { reader: "r1", book: "b1", rating: 4 },
    }, "r1");
    await log.append([
      message(TOPICS.catalogCommands, "k", "{ rubbish"),
      { topic: TOPICS.activityEvents, ...newer },
      {
        topic: TOPICS.activityEvents,
        ...encode({
          id: "after",
          source: "/other-team",
          type: ACTIVITY.bookRated,
          data: { reader: "r1", book: "b1", rating: 5 },
        }, "r1"),
      },
    ]);
    await log.close();
    await eventually(async () => (await letters()).length === 5);
  });
  after(async () => {
    suite.signal("SIGTERM");
    expect((await suite.ended()).code).toBe(0);
    await Deno.remove(folder, { recursive: true });
  });
  const letters = async (): Promise<Record<string, unknown>[]> => {
    const { out } = await operate("dead-letters", ["list", "--json"], env);
    return out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  };
  const over = async (path: string, method = "GET", token = TOKEN) => {
    const response = await fetch(`${suite.url("trend")}/v1/operations/dead-letters${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: await response.json() };
  };

  it("list says why, where from and how often; show has the payload", async () => {
    const all = await letters();
    expect(all.map(({ consumer, reason, key, attempts }) => [consumer, reason, key, attempts])).toEqual([
      ["catalog-commands", "unreadable", "k", 1],
      ["trend", "unknown-version", "r1", 1],
      ["trend", "behind", "r1", 0],
      ["recommendation", "unknown-version", "r1", 1],
      ["recommendation", "behind", "r1", 0],
    ]);
    const shown = await operate("dead-letters", ["show", String(all[0]!.id), "--json"], env);
    expect(JSON.parse(shown.out)).toMatchObject({ value: "{ rubbish", base64: btoa("{ rubbish") });
    expect((await operate("dead-letters", ["list"], env)).out).toContain("5 dead letters");
  });

  it("a dry run says what it would do, and does nothing", async () => {
    for (const [verb, would] of [["replay", "would be tried"], ["discard", "would be discarded"]] as const) {
      const { code, out } = await operate("dead-letters", [verb, "--all", "--dry-run", "--service", "trend"], env);
      expect([code, out.trim().split("\n").every((line) => line.endsWith(would))]).toEqual([0, true]);
    }
    expect((await letters()).length).toBe(5);
  });

  it("replay says what failed and what waits behind it, and ends with status 1", async () => {
    const { code, out } = await operate("dead-letters", ["replay", "--all", "--service", "trend"], env);
    expect([code, out.trim().split("\n").at(-1)]).toEqual([1, "1 failed, 1 waiting"]);
    expect((await letters()).find(({ consumer }) => consumer === "trend")!.attempts).toBe(2);
  });

  it("a dead letter that is not there, a bad name and missing dead letters end in a message and status 1", async () => {
    for (
      const [args, said] of [
        [["replay", "trend-999"], "there is no dead letter trend-999, or it was replayed or discarded"],
        [["show", "trend-999"], "there is no dead letter trend-999, or it was replayed or discarded"],
        [["discard", "999"], "wanted a dead letter like trend-12, found 999"],
        [["replay"], "wanted dead letters, as list shows them, or --all"],
        [["list", "--service", "shop"], "--service: wanted web or trend or recommendation, found shop"],
      ] as const
    ) {
      const { code, err } = await operate("dead-letters", [...args], env);
      expect([code, err.includes(said)]).toEqual([1, true]);
    }
  });

  it("the same over HTTP needs the token", async () => {
    expect((await over("", "GET", "wrong")).status).toBe(401);
    expect((await over("/trend-1/replay", "POST", "wrong")).status).toBe(401);
    const { body: { items } } = await over("");
    expect(items.map(({ reason }: { reason: string }) => reason)).toEqual(["unknown-version", "behind"]);
    expect((await over(`/${items[0].id}`)).body).toMatchObject({ type: "bookstream.activity.book-rated.v2" });
    expect((await over("/trend-1000")).status).toBe(404);
    expect((await over("/web-1")).status).toBe(422);
    const named = (await letters()).filter(({ consumer }) => consumer === "trend").map(({ id }) => id);
    expect(items.map(({ id }: { id: string }) => id)).toEqual(named);
    expect((await over(`/${items[1].id}/replay`, "POST")).body.items.map(({ came }: { came: string }) => came))
      .toEqual(["failed", "waiting"]);
    expect((await over(`/${items[0].id}/discard`, "POST")).body).toEqual({
      items: [{ id: items[0].id, came: "discarded" }],
    });
    expect((await over("/replay", "POST")).body.items).toEqual([{ id: items[1].id, came: "replayed" }]);
    expect((await over("")).body).toEqual({ items: [], next_cursor: null });
  });

  it("discard gives up all that is left; then there is nothing more", async () => {
    const dry = await operate("dead-letters", ["discard", "--all", "--dry-run"], env);
    expect([dry.code, dry.out.trim().split("\n").length, (await letters()).length]).toEqual([0, 3, 3]);
    expect((await operate("dead-letters", ["discard", "--all"], env)).out).toContain("3 discarded");
    expect(await letters()).toEqual([]);
    const again = await operate("dead-letters", ["replay", "--all"], env);
    expect([again.code, again.out]).toEqual([0, "no dead letters\n"]);
  });
});
