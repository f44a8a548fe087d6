import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { activityProcessor } from "@/application/activity/processor.ts";
import { catalogProcessor } from "@/application/catalog/processor.ts";
import { systemClock as clock } from "@/adapters/system/clock.ts";
import { systemIds as ids } from "@/adapters/system/ids.ts";
import { type AsyncApi, asyncApi } from "@/application/published/asyncapi.ts";
import { breachesOf } from "@/application/published/breaches.ts";
import { type JsonSchema, jsonSchemaOf } from "@/application/published/json_schema.ts";
import { PUBLISHED_TOPICS } from "@/application/published/language.ts";
import { SUMMARIES } from "@/application/published/summaries.ts";

const COMMAND = "bookstream.shop.do.v1";
const EVENT = "bookstream.shop.done.v1";

/** A small language of one command and one event, whose data have these schemas. */
function language(command: JsonSchema, event: JsonSchema): AsyncApi {
  const topic = (address: string, type: string, payload: JsonSchema) => ({
    address,
    messages: { [type]: { name: type, payload } },
  });
  return {
    ...asyncApi(),
    channels: { c: topic("shop.commands", COMMAND, command), e: topic("shop.events", EVENT, event) },
  };
}

const base = z.object({
  id: z.string().max(64),
  word: z.string(),
  size: z.int().min(1).max(9).optional(),
  shelf: z.enum(["want", "read"]),
  parts: z.array(z.object({ name: z.string(), note: z.string().optional() })),
  at: z.iso.datetime().optional(),
  place: z.union([z.string(), z.int()]),
});
type Fields = Record<string, z.ZodType>;
const { id, size, shelf, parts } = base.shape;

/** What changing the language's data, in its command or its event, breaks. */
const changed = (says: "command" | "event", schema: z.ZodType): string[] => {
  const io = says === "command" ? "input" : "output";
  const [before, after] = [jsonSchemaOf(base, io), jsonSchemaOf(schema, io)];
  const still = jsonSchemaOf(base, "input");
  return says === "command"
    ? breachesOf(language(before, still), language(after, still))
    : breachesOf(language(still, before), language(still, after));
};
const replaced = (fields: Fields): z.ZodType => z.object({ ...base.shape, ...fields });

describe("the published language", () => {
  const published: AsyncApi = JSON.parse(readFileSync(new URL("../../../docs/asyncapi.json", import.meta.url), "utf8"));

  it("breaks nothing for those who rely on what docs/asyncapi.json says", () => {
    expect(breachesOf(published, asyncApi())).toEqual([]);
  });

  it("is what docs/asyncapi.json says; where it differs, `deno task asyncapi` writes it", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(asyncApi())));
  });

  it("has an example for every message, which its schema takes", () => {
    for (const { messages } of PUBLISHED_TOPICS) {
      for (const [type, schema] of Object.entries(messages)) {
        const { examples } = SUMMARIES[type as keyof typeof SUMMARIES];
        expect(examples.length).toBeGreaterThan(0);
        for (const example of examples) expect([type, schema.safeParse(example).success]).toEqual([type, true]);
      }
    }
  });

  it("names every command that has a handler", () => {
    const uow = { run: () => Promise.reject(new Error("nothing is stored here")) };
    const handled = [catalogProcessor, activityProcessor].flatMap((make) => make({ uow, clock, ids }).types);
    const commands = PUBLISHED_TOPICS.filter(({ says }) => says === "commands").flatMap(({ messages }) =>
      Object.keys(messages)
    );
    expect(commands.sort()).toEqual(handled.sort());
  });
});

describe("breachesOf()", () => {
  it("finds nothing where nothing changed", () => {
    expect(breachesOf(asyncApi(), asyncApi())).toEqual([]);
    expect([changed("command", base), changed("event", base)]).toEqual([[], []]);
  });

  it("a type or a topic that is gone is one", () => {
    const before = asyncApi();
    const { catalogEvents, ...others } = before.channels;
    const { "bookstream.catalog.book-removed.v1": _removed, ...messages } = catalogEvents!.messages;
    expect(breachesOf(before, { ...before, channels: { ...others, catalogEvents: { ...catalogEvents!, messages } } }))
      .toEqual(["bookstream.catalog.book-removed.v1: gone from bookstream.catalog.events"]);
    expect(breachesOf(before, { ...before, channels: others })).toEqual([
      "bookstream.catalog.events: the topic is gone",
    ]);
    const renamed = { ...catalogEvents!, address: "bookstream.books.events" };
    expect(breachesOf(before, { ...before, channels: { ...others, catalogEvents: renamed } })).toEqual([
      "bookstream.catalog.events: the topic is gone",
    ]);
  });

  it("new topics, types, optional fields and notes are none", () => {
    const before = asyncApi();
    const more = {
      address: "bookstream.shop.events",
      messages: { [EVENT]: { name: EVENT, payload: jsonSchemaOf(base, "output") } },
    };
    expect(breachesOf(before, { ...before, channels: { ...before.channels, more } })).toEqual([]);
    const added = replaced({ note: z.string().optional(), id: id.meta({ description: "Its name" }) });
    expect([changed("command", added), changed("event", added)]).toEqual([[], []]);
  });

  const CASES: [says: string, schema: z.ZodType, command: string | undefined, event: string | undefined][] = [
    [
      "a new field that is always there",
      replaced({ note: z.string() }),
      "note: wanted always, may be missing",
      undefined,
    ],
    [
      "a field that is always there now",
      replaced({ size: size.unwrap() }),
      "size: wanted always, may be missing",
      undefined,
    ],
    [
      "a field that may be missing now",
      replaced({ shelf: shelf.optional() }),
      undefined,
      "shelf: wanted always, may be missing",
    ],
    ["an optional field that is gone", base.omit({ at: true }), "at: the field is gone", "at: the field is gone"],
    [
      "a field within a list that is gone",
      replaced({ parts: z.array(parts.element.omit({ note: true })) }),
      "parts[].note: the field is gone",
      "parts[].note: the field is gone",
    ],
    [
      "another type",
      replaced({ word: z.int() }),
      "word: wanted integer, may be string",
      "word: wanted string, may be integer",
    ],
    ["a narrower type", replaced({ place: z.string() }), "place: wanted string, may be integer", undefined],
    [
      "a wider type",
      replaced({ word: z.string().nullable() }),
      undefined,
      "word: wanted string, may be null",
    ],
    ["fewer values", replaced({ shelf: z.enum(["want"]) }), `shelf: wanted "want", may be "read"`, undefined],
    [
      "more values",
      replaced({ shelf: z.enum(["want", "read", "lent"]) }),
      undefined,
      `shelf: wanted "want" or "read", may be "lent"`,
    ],
    [
      "any text instead of some values",
      replaced({ shelf: z.string() }),
      undefined,
      `shelf: wanted "want" or "read", may be anything`,
    ],
    ["shorter texts", replaced({ id: z.string().max(9) }), "id: maxLength wanted 9, found 64", undefined],
    ["longer texts", replaced({ id: z.string().max(99) }), undefined, "id: maxLength wanted 64, found 99"],
    ["texts of any length", replaced({ id: z.string() }), undefined, "id: maxLength wanted 64, found none"],
    [
      "smaller numbers",
      replaced({ size: z.int().min(0).max(9).optional() }),
      undefined,
      "size: minimum wanted 1, found 0",
    ],
    ["a format", replaced({ word: z.iso.datetime() }), `word: format wanted "date-time", found undefined`, undefined],
    ["no format", replaced({ at: z.string().optional() }), undefined, `at: format wanted "date-time", found undefined`],
    [
      "another default",
      replaced({ size: size.default(3) }),
      "size: default wanted 3, found undefined",
      undefined,
    ],
  ];
  for (const [says, schema, command, event] of CASES) {
    it(`${says}: ${command === undefined ? "none" : "one"} in a command, ${event === undefined ? "none" : "one"} in an event`, () => {
      const reasons = (type: string, expected: string | undefined) =>
        expected === undefined ? [] : [expect.stringContaining(`${type}: ${expected}`)];
      expect(changed("command", schema)).toEqual(reasons(COMMAND, command));
      expect(changed("event", schema)).toEqual(reasons(EVENT, event));
    });
  }

  it("headers count too: one more that a command wants, one fewer that an event has", () => {
    const before = asyncApi();
    const { commandHeaders, eventHeaders } = before.components.schemas;
    const schemas = {
      commandHeaders: { ...commandHeaders!, required: [...commandHeaders!.required!, "ce_time"] },
      eventHeaders: {
        ...eventHeaders!,
        required: eventHeaders!.required!.filter((name) => name !== "ce_correlationid"),
      },
    };
    expect(breachesOf(before, { ...before, components: { ...before.components, schemas } })).toEqual([
      "headers of commands: ce_time: wanted always, may be missing",
      "headers of events: ce_correlationid: wanted always, may be missing",
    ]);
  });
});
