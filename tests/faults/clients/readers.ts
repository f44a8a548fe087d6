import type { Sighting } from "@/tests/oracle/evidence.ts";
import type { World } from "@/tests/faults/world/world.ts";

/** Readers who look at the lists all the while. */
interface Readers {
  trends(): Sighting[];
  /** Books that were once told to be chosen by the readers of another one, and later not any more. */
  lost(): string[];
  stop(): Promise<void>;
}

const PAUSE_MS = 80;

type Trend = { book: { id: string }; count: number; searches: number };
type Similar = { reason: { kind: string } };
const items = <Item>(body: unknown): Item[] => (body as { items?: Item[] } | undefined)?.items ?? [];

/** Looks at the trends and at what is like each of the books. `books`: some that are there all the time. */
export function startReaders({ trend, recommendation }: World, books: string[]): Readers {
  const trends: Sighting[] = [];
  const liked = new Set<string>();
  const lost: string[] = [];
  let stopping = false;

  async function lookAtTrends(): Promise<void> {
    const answer = await trend("GET", "/v1/trends/books?window=24h&limit=100");
    if (answer?.status !== 200) return;
    const votes = items<Trend>(answer.body).map(({ book, count, searches }) => [book.id, count + searches] as const);
    trends.push({ at: Date.now(), votes: new Map(votes) });
  }

  async function lookAtLists(turn: number): Promise<void> {
    const book = books[turn % books.length]!;
    const answer = await recommendation("GET", `/v1/books/${book}/similar?limit=20`);
    if (answer?.status !== 200) return;
    if (items<Similar>(answer.body).some(({ reason }) => reason.kind === "readers_also")) liked.add(book);
    else if (liked.has(book)) lost.push(`${book} at ${Date.now()}`);
  }

  async function repeat(look: (turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !stopping; turn++) {
      await look(turn);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  const done = Promise.all([repeat(lookAtTrends), repeat(lookAtLists)]);
  return {
    trends: () => trends,
    lost: () => lost,
    async stop() {
      stopping = true;
      await done;
    },
  };
}
