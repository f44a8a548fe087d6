import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { blocks, PAGES, ROOT, text } from "./pages.ts";

/** A hop of a walk: a link to a line of a file, and what stands there. */
const HOP = /\[([\w/.]+):(\d+)\]\(\.\.\/([\w/.]+)#L(\d+)\) `([^`]+)`/g;

/** What is wrong with a walk's hops, each with the line where its code stands now. */
function wrongHops(page: string, read: (path: string) => string): string[] {
  return [...page.matchAll(HOP)].flatMap(([, path, line, linked, linkedLine, code]) => {
    const lines = read(path!).split("\n");
    if (path === linked && line === linkedLine && lines[Number(line) - 1]?.includes(code!)) return [];
    return [`${path}:${line} is not "${code}"; it stands in line ${lines.findIndex((one) => one.includes(code!)) + 1}`];
  });
}

/** A figure that a page says in words, and the constant that it is. */
const FIGURES: [page: string, says: string, path: string, constant: string][] = [
  ["architecture", "Keys fall into eight [shards]", "application/messaging/outbox/shards.ts", "SHARDS = 8"],
  [
    "architecture",
    "takes the key for half a minute",
    "application/messaging/commands/idempotency.ts",
    "LEASE_MS = 30_000",
  ],
  [
    "architecture",
    "Answers are kept for 24 hours",
    "application/messaging/commands/idempotency.ts",
    "ANSWERS_KEPT_MS = DAY",
  ],
  ["architecture", "ids of events for 7 days", "application/activity/record_act.ts", "ACT_IDS_KEPT_MS = 7 * DAY"],
  [
    "architecture",
    "show every second that they are alive",
    "adapters/sqlite/log/consumer.ts",
    "HEARTBEAT_MS = SESSION_MS / 3",
  ],
  ["architecture", "does not for three seconds loses its", "adapters/sqlite/log/groups.ts", "SESSION_MS = 3_000"],
  [
    "architecture",
    "looks once a second which version",
    "application/messaging/rebuild/follow_live.ts",
    "POLL_MS = 1_000",
  ],
  [
    "architecture",
    "stay for a minute longer",
    "application/messaging/rebuild/versions.ts",
    "OLD_VERSIONS_KEPT_MS = MINUTE",
  ],
  ["architecture", "counted per five minutes", "domain/trend/window.ts", "BUCKET_MS = 5 * MINUTE"],
  ["architecture", "their newest 20 steps", "domain/recommendation/recent.ts", "STEPS = 20"],
  ["architecture", "400 in all", "domain/recommendation/settings.ts", "neighbours: 400 }"],
  [
    "monitor",
    "does not answer within two seconds is not ready",
    "services/shared/health/readiness.ts",
    "CHECK_TIMEOUT_MS = 2_000",
  ],
  [
    "run",
    "for five seconds no more than a thousand",
    "application/messaging/rebuild/catch_up.ts",
    "SMALL_BACKLOG_MS = 5_000",
  ],
  ["monitor", "as one of the last ten seconds", "adapters/system/damper.ts", "QUIET_MS = 10_000"],
];

describe("code in the pages", () => {
  it("the walk's hops stand in the lines that it names", () => {
    const page = text("docs/walk.md");
    expect([...page.matchAll(HOP)].length).toBeGreaterThan(20);
    expect(wrongHops(page, text)).toEqual([]);
  });

  it("a hop whose line has moved is noticed, with the line where it stands now", () => {
    const hop = "[domain/a.ts:1](../domain/a.ts#L1) `const b = 2;`";
    expect(wrongHops(hop, () => "const b = 2;\n")).toEqual([]);
    expect(wrongHops(hop, () => "const a = 1;\nconst b = 2;\n")).toEqual([
      `domain/a.ts:1 is not "const b = 2;"; it stands in line 2`,
    ]);
  });

  it("a block that begins with a path is a quotation of that file", () => {
    const quotes = PAGES.flatMap((page) => blocks(text(page), "ts")).flatMap((block) => {
      const [, path, code] = /^\/\/ ([\w/]+\.ts)\n([\s\S]*)$/.exec(block) ?? [];
      return path === undefined ? [] : [{ path, code: code!.trim() }];
    });
    expect(quotes.length).toBeGreaterThan(3);
    for (const { path, code } of quotes) expect([path, text(path).includes(code)]).toEqual([path, true]);
  });

  it("docs/architecture.md names every folder of adapters", () => {
    const page = text("docs/architecture.md");
    const folders = readdirSync(join(ROOT, "adapters"));
    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((folder) => !page.includes(`](../adapters/${folder})`))).toEqual([]);
  });

  it("figures that pages say are those of the code", () => {
    const plain = (page: string) => text(`docs/${page}.md`).replaceAll(/\s+/g, " ");
    for (const [page, says, path, constant] of FIGURES) {
      expect([says, plain(page).includes(says)]).toEqual([says, true]);
      expect([path, new RegExp(`\\b${constant.replaceAll("*", "\\*")};`).test(text(path))]).toEqual([path, true]);
    }
  });
});
