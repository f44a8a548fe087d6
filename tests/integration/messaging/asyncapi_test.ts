import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Parser } from "@asyncapi/parser";
import { z } from "zod";
import { decode } from "@/application/messaging/wire/codec.ts";
import type { Incoming } from "@/application/messaging/wire/event_log.ts";
import { ALL_TOPICS } from "@/application/published/topics.ts";
import type { AsyncApi } from "@/application/published/asyncapi.ts";
import type { JsonSchema } from "@/application/published/json_schema.ts";
import { eventually } from "@/tests/support/eventually.ts";
import { memorySuite, sending, TOKEN } from "@/tests/support/suites/memory_suite.ts";

/** What a JSON Schema finds wrong with a value. */
const faults = (schema: JsonSchema, value: unknown) =>
  z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(value).error?.message;

describe("/asyncapi.json", () => {
  let suite: Awaited<ReturnType<typeof memorySuite>>;
  let served: AsyncApi;
  before(async () => {
    suite = await memorySuite();
    served = await (await suite.asks.web("/asyncapi.json")).json();
  });
  after(() => suite.stop());

  it("is AsyncAPI 3 without an error or a warning, its examples too", async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(served));
    // That a later version of the specification exists is no fault.
    expect(diagnostics.filter(({ code }) => code !== "asyncapi-latest-version")).toEqual([]);
    expect(document?.version()).toBe("3.0.0");
    expect(document?.channels().all().map((channel) => channel.address()).sort()).toEqual([...ALL_TOPICS].sort());
    const messages = document!.allMessages().all();
    expect(messages.length).toBe(21);
    expect(new Set(messages.map((message) => message.correlationId()?.location()))).toEqual(
      new Set(["$message.header#/ce_correlationid"]),
    );
  });

  it("the parser sees a reference that leads nowhere and a schema that is none", async () => {
    const codes = async (document: AsyncApi) =>
      (await new Parser().parse(JSON.stringify(document))).diagnostics.map(({ code }) => code);
    expect(await codes({ ...served, channels: {} })).toContain("invalid-ref");
    const broken = structuredClone(served);
    broken.channels.catalogEvents!.messages["bookstream.catalog.book-removed.v1"]!.payload.type = "strange";
    expect(await codes(broken)).toContain("asyncapi-document-resolved");
  });

  it("has examples whose headers and data are those of their schemas", () => {
    for (const { address, messages } of Object.values(served.channels)) {
      const says = address.endsWith(".commands") ? "commandHeaders" : "eventHeaders";
      for (const { name, payload, examples } of Object.values(messages)) {
        for (const example of examples as { headers: unknown; payload: unknown }[]) {
          expect([name, faults(served.components.schemas[says]!, example.headers)]).toEqual([name, undefined]);
          expect([name, faults(payload, example.payload)]).toEqual([name, undefined]);
        }
      }
    }
    expect(faults(served.components.schemas.eventHeaders!, { ce_id: "only" })).toBeDefined();
  });

  it("says who sends and who receives which messages", () => {
    const said = Object.entries(served.operations).map(([name, { action, messages }]) => [
      name,
      action,
      (messages as unknown[]).length,
    ]);
    expect(said).toEqual([
      ["webReceivesCatalogCommands", "receive", 3],
      ["webReceivesActivityCommands", "receive", 3],
      ["webSendsCatalogEvents", "send", 5],
      ["webSendsActivityEvents", "send", 10],
      ["webReceivesCatalogEvents", "receive", 1],
      ["trendReceivesCatalogEvents", "receive", 3],
      ["trendReceivesActivityEvents", "receive", 7],
      ["recommendationReceivesCatalogEvents", "receive", 3],
      ["recommendationReceivesActivityEvents", "receive", 7],
    ]);
  });

  it("is what the suite really writes: each event's headers and data are those of its schemas", async () => {
    const seen: Incoming[] = [];
    const reader = suite.log.subscribe({
      group: "everything",
      topics: ALL_TOPICS,
      open: () => Promise.resolve(undefined),
      handle: (batch) => {
        seen.push(...batch.messages);
        return Promise.resolve(batch.messages.at(-1)!.next);
      },
    });
    const { asks } = suite;
    const web = asks.web;
    await web("/v1/books", sending("POST", { id: "dune", title: "Dune", year: 1965, isbn13: "9780441013593" }));
    await web("/v1/books/dune", sending("PUT", { title: "Dune", subjects: ["sand"] }, { "if-match": "*" }));
    await web(
      "/v1/events",
      sending("POST", [
        { type: "viewed", book: "dune" },
        { type: "searched", reader: "r1", query: "Dune" },
        { type: "shelved", reader: "r1", book: "dune", shelf: "want" },
        { type: "rated", reader: "r1", book: "dune", rating: 5 },
        { type: "dismissed", reader: "r1", book: "dune" },
        { type: "cleared", reader: "r1", book: "dune" },
      ]),
    );
    await web("/v1/readers/r1", { method: "DELETE", headers: { authorization: `Bearer ${TOKEN}` } });
    const { body: _body, ...removal } = sending("DELETE", {}, { "if-match": "*" });
    await web("/v1/books/dune", removal);
    for (const [topic, type] of [["catalog", "add-book"], ["activity", "record-act"]]) {
      const headers = {
        ce_specversion: "1.0",
        ce_id: "c1",
        ce_source: "/other",
        ce_type: `bookstream.${topic}.${type}.v1`,
      };
      const value = new TextEncoder().encode("{}");
      await suite.log.append([{ topic: `bookstream.${topic}.commands`, key: null, headers, value }]);
    }
    const events = await eventually(() => {
      const found = seen.filter(({ topic }) => topic.endsWith(".events"));
      return found.length === 13 && found;
    });
    await reader.stop();

    const types = new Set<string>();
    for (const event of events) {
      const type = event.headers.ce_type!;
      const channel = Object.values(served.channels).find(({ address }) => address === event.topic)!;
      const decoded = decode(event);
      types.add(type);
      expect([type, faults(served.components.schemas.eventHeaders!, event.headers)]).toEqual([type, undefined]);
      expect([type, faults(channel.messages[type]!.payload, decoded.ok && decoded.value.data)]).toEqual([
        type,
        undefined,
      ]);
    }
    expect(types.size).toBe(13);
  });
});
