/** Posts all acts in batches, with single acts in between, from a process of its own. Prints how long each took as JSON. */
import { actsOf, type ShopSize } from "@/bench/lists/shop.ts";
import { inBatches } from "@/bench/views.ts";

export type Posting = {
  url: string;
  token: string;
  size: ShopSize;
  batch: number;
  connections: number;
  everyMs: number;
};
/** Milliseconds of each request. */
export type Posted = { batches: number[]; singles: number[] };

async function main({ url, token, size, batch, connections, everyMs }: Posting): Promise<Posted> {
  const items = [...actsOf(size)].map(({ id, data }) => ({ id, type: "shelved", ...data }));
  const post = async (body: unknown): Promise<number> => {
    const from = performance.now();
    const response = await fetch(`${url}/v1/events`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    if (response.status !== 202 || !text.includes('"rejected":[]')) throw new Error(`${response.status}: ${text}`);
    return performance.now() - from;
  };
  const posted: Posted = { batches: [], singles: [] };
  const waiting = inBatches(items, batch);
  const run = async () => {
    for (const some of waiting) posted.batches.push(await post(some));
  };
  let done = false;
  const runSingles = async () => {
    for (let at = 0; !done; at++) {
      const { reader, book } = items[at * 97 % items.length]!;
      posted.singles.push(await post({ id: `single ${at}`, type: "viewed", reader, book }));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const singles = runSingles();
  await Promise.all(Array.from({ length: connections }, run));
  done = true;
  await singles;
  return posted;
}

if (import.meta.main) console.log(JSON.stringify(await main(JSON.parse(Deno.args[0]!))));
