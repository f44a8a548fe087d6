import { createMemoryWebStore } from "@/adapters/memory/web/web_store.ts";
import { decode } from "@/application/messaging/wire/codec.ts";
import { ALL_SHARDS } from "@/application/messaging/outbox/shards.ts";
import type { WebStore } from "@/application/storefront/ports.ts";
import { sending } from "./memory_suite.ts";
import { handClock, webApi } from "./web_api.ts";

/** The web API over a memory store, with a clock that the test moves and a function that adds books. */
export function webShop(clock = handClock()) {
  const store = createMemoryWebStore();
  const ask = webApi(store, clock);
  const add = (body: unknown, headers: Record<string, string>) => ask("/v1/books", sending("POST", body, headers));
  return { store, clock, ask, add };
}

/** Types of the events that were written. */
export const written = async ({ outbox }: WebStore) =>
  (await outbox.read(ALL_SHARDS, { rows: 1_000, bytes: 2 ** 20 })).map(({ message }) => {
    const decoded = decode(message);
    return decoded.ok ? decoded.value.type.split(".")[2] : "unreadable";
  });
