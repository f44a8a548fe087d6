import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { z } from "zod";
import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import * as activity from "@/application/activity/messages.ts";
import { activityProcessor } from "@/application/activity/processor.ts";
import { withFirstResults } from "@/services/web/first_results.ts";
import * as catalog from "@/application/catalog/messages.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { envelopeAttributes } from "@/application/messaging/wire/envelope.ts";
import { ALL_TOPICS, TOPICS } from "@/application/published/topics.ts";
import { recommendationEvents } from "@/application/recommendation/messages.ts";
import { trendEvents } from "@/application/trend/messages.ts";
import { sourceFiles } from "@/tests/architecture/source_files.ts";
import { blocks, differences, quoted, rows, section, text } from "./pages.ts";

const PAGE = "docs/messages.md";
const { CATALOG } = catalog;
const { ACTIVITY } = activity;

/** Every type with the schema of its data. */
const SCHEMAS: Record<string, z.ZodType> = {
  [CATALOG.addBook]: catalog.addBookCommand,
  [CATALOG.changeBook]: catalog.changeBookCommand,
  [CATALOG.removeBook]: catalog.removeBookCommand,
  [ACTIVITY.recordAct]: activity.recordActCommand,
  [ACTIVITY.eraseReader]: activity.eraseReaderCommand,
  [ACTIVITY.forgetBook]: activity.forgetBookCommand,
  ...catalog.catalogEvents,
  ...catalog.catalogAnswers,
  ...activity.activityEvents,
  ...activity.activityAnswers,
};

const store = createMemoryWebStore();
const processors = [catalogProcessor, activityProcessor].map((make) =>
  make({ uow: withFirstResults(store.uow), clock, ids })
);
const commands = processors.flatMap(({ types, topic }) => types.map((type) => ({ type, topic })));

/** The types that are written in the modules' `messages.ts`. */
const files = (await sourceFiles()).filter(({ path }) => /^application\/[a-z_]+\/messages\.ts$/.test(path));
const types = files.flatMap(({ text }) =>
  [...text.matchAll(/"(bookstream\.[a-z.-]+\.v\d+)"/g)].map(([, type]) => type!)
);

/** The examples under a type's own heading. */
const examples = (type: string): unknown[] =>
  blocks(section(PAGE, `### \`${type}\``), "json").map((block) => JSON.parse(block));

/** Who reads a type, as the page says it. */
function readersOf(type: string): string {
  if (commands.some((command) => command.type === type)) return "`web`";
  const readers = Object.entries({
    web: activity.activityPolicyEvents,
    trend: trendEvents,
    recommendation: recommendationEvents,
  });
  return readers.filter(([, events]) => type in events).map(([name]) => `\`${name}\``).join(", ") || "the sender";
}

function topicOf(type: string): string {
  const command = commands.find((one) => one.type === type);
  return command?.topic ?? (type.startsWith("bookstream.catalog.") ? TOPICS.catalogEvents : TOPICS.activityEvents);
}

describe("docs/messages.md", () => {
  it("names every topic and no other", () => {
    const named = quoted(text(PAGE)).filter((name) => /^bookstream\.[a-z]+\.[a-z]+$/.test(name));
    expect(differences({ in: "topics.ts", names: ALL_TOPICS }, { in: PAGE, names: named })).toEqual([]);
    const listed = rows(section(PAGE, "## Topics")).map(([topic]) => quoted(topic!)[0]!);
    expect(listed).toEqual(ALL_TOPICS);
  });

  it("names every type and no other, each with its topic and who reads it", () => {
    expect(types.length).toBeGreaterThan(10);
    const named = [...text(PAGE).matchAll(/bookstream\.[a-z.-]+\.v\d+/g)].map(([type]) => type);
    const code = { in: "application/*/messages.ts", names: types };
    expect(differences(code, { in: PAGE, names: named })).toEqual([]);
    const table = rows(section(PAGE, "## Types")).map((cells) => cells.join(" | "));
    const wanted = types.map((type) => `\`${type}\` | \`${topicOf(type)}\` | ${readersOf(type)}`);
    expect(differences({ in: "the code", names: wanted }, { in: `the table of types in ${PAGE}`, names: table }))
      .toEqual([]);
  });

  it("shows every type by examples that its schema takes, with no field that it does not know", () => {
    for (const type of types) {
      const schema = SCHEMAS[type];
      if (schema === undefined) throw new Error(`${type} has no schema in tests/docs/messages_test.ts`);
      const shown = examples(type);
      if (shown.length === 0) throw new Error(`${PAGE} has no example of ${type} under its heading`);
      for (const example of shown) expect([type, schema.parse(example)]).toMatchObject([type, example as object]);
    }
  });

  it("the commands, sent in the order of the page, end in exactly the events of the page", async () => {
    const order = [...text(PAGE).matchAll(/^### `(.+)`$/gm)].map((match) => match[1]!);
    expect([...order].sort()).toEqual([...types].sort());
    const happened: [string, unknown][] = [];
    for (const type of order) {
      const processor = processors.find((one) => one.types.includes(type));
      if (processor === undefined) continue;
      for (const data of examples(type)) {
        const [outcome] = await processor.handle([{ id: ids.fresh(), source: "/page", type, data }]);
        if (outcome?.kind !== "done") throw new Error(`${type}: ${JSON.stringify(outcome)}`);
        happened.push(...outcome.events.map(({ type, data }): [string, unknown] => [type, data]));
      }
    }
    const events = { ...catalog.catalogEvents, ...activity.activityEvents };
    const shown = order.filter((type) => type in events).flatMap((type) =>
      examples(type).map((data): [string, unknown] => [type, data])
    );
    expect(happened.map(([type]) => type).sort()).toEqual(shown.map(([type]) => type).sort());
    for (const [type, data] of shown) expect([type, happened.find(([one]) => one === type)?.[1]]).toEqual([type, data]);
  });

  it("names every attribute of the envelope, and shows one message in both modes", () => {
    const named = rows(section(PAGE, "## The envelope")).map(([name]) => quoted(name!)[0]!);
    const code = { in: "envelope.ts", names: Object.keys(envelopeAttributes.shape) };
    expect(differences(code, { in: `the table of attributes in ${PAGE}`, names: named })).toEqual([]);
    const [binary, structured] = ["json binary", "json structured"].map((mode) => {
      const { key, headers, value } = JSON.parse(blocks(text(PAGE), mode)[0]!);
      const bytes = (part: string) => new TextEncoder().encode(part);
      return decode({ key: bytes(key), headers, value: bytes(value) });
    });
    expect(binary).toMatchObject({ ok: true, value: { type: CATALOG.removeBook, data: { id: "dune" } } });
    expect(structured).toEqual(binary);
  });

  it("names every code of a rejection and no other", () => {
    const code = [...text("domain/rejection.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map((match) => match[1]!);
    expect(code.length).toBeGreaterThan(5);
    const named = rows(section(PAGE, "## Rules")).map(([name]) => quoted(name!)[0]!);
    expect(differences({ in: "domain/rejection.ts", names: code }, { in: PAGE, names: named })).toEqual([]);
  });
});
