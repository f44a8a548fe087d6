import { bookCopySchema as item } from "@/application/catalog/messages.ts";
import type { CatalogueCopy } from "@/application/catalog/ports.ts";
import { type Fetch, getList, otherService } from "./get_list.ts";

/** What another service knows of the catalogue, over HTTP, or in process when `fetch` is its app. `token`: the admin token. */
export function createHttpCopy(
  fetch: Fetch,
  { name, baseUrl, token, timeoutMs = 5_000 }: {
    name: string;
    baseUrl: string;
    token: () => string;
    timeoutMs?: number;
  },
): CatalogueCopy {
  const service = otherService({ name, fetch, baseUrl, timeoutMs, token });
  return {
    name,
    books(after, limit) {
      const behind = after === undefined ? "" : `&after=${encodeURIComponent(after.id)}`;
      return getList(service, { path: `/v1/operations/books?limit=${limit}${behind}`, item });
    },
  };
}
