import { systemClock as clock } from "@/adapters/system/clock.ts";
import { messageOf } from "@/application/faults.ts";
import { StartFault } from "@/services/settings/settings.ts";
import { type ListedBook, mostPopular, type SimulatedAct } from "./simulated_reader.ts";

type Asked = { method?: string; body?: unknown };

const TIMEOUT_MS = 30_000;
/** How many books are read, by title: an order that acts do not change. */
const MAX_READ = 10_000;
const PAGE = 100;
const BUSY = [429, 503];

/** Creates the client of simulated readers. It uses the admin token, so that the limits of one address do not apply. */
export function createWebClient(url: string, token: string) {
  async function ask(path: string, { method = "GET", body }: Asked = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    for (;;) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error) => {
        throw new StartFault(`web does not answer at ${url}: ${messageOf(error)} (WEB_URL says where it is)`);
      });
      if (response.ok) return response;
      const said = await response.text();
      if (!BUSY.includes(response.status)) throw new StartFault(`web answered ${response.status} to ${path}: ${said}`);
      const seconds = Number(response.headers.get("retry-after") ?? 1);
      await clock.sleep(1_000 * seconds);
    }
  }

  return {
    /** Returns the books that readers know. They are the same until the catalogue changes, whatever readers do. */
    async books(): Promise<ListedBook[]> {
      const books: ListedBook[] = [];
      let cursor = "";
      while (books.length < MAX_READ) {
        const page = await (await ask(`/v1/books?sort=title&limit=${PAGE}${cursor}`)).json();
        books.push(...page.items);
        if (page.next_cursor === null) break;
        cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
      }
      return mostPopular(books);
    },
    /** Sends acts. Returns how many were accepted. */
    async send(acts: SimulatedAct[]): Promise<number> {
      return (await (await ask("/v1/events", { method: "POST", body: acts })).json()).accepted;
    },
    async erase(reader: string): Promise<void> {
      await (await ask(`/v1/readers/${reader}`, { method: "DELETE" })).body?.cancel();
    },
  };
}
