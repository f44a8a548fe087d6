import type { acts } from "@/bench/acts.ts";

export const TOKEN = "bench-token-bench-token";

type Act = ReturnType<typeof acts>[number] | { type: "searched"; reader: string; query: string };

/** Posts acts as another service does. Rejects when one is not accepted. */
export async function post(web: string, batch: Act[]): Promise<void> {
  const response = await fetch(`${web}/v1/events`, {
    method: "POST",
    body: JSON.stringify(batch),
    headers: { "content-type": "application/json", authorization: `Bearer ${TOKEN}` },
  });
  const { accepted, detail } = await response.json();
  if (accepted !== batch.length) {
    throw new Error(`only ${accepted} of ${batch.length} accepted: ${response.status} ${detail}`);
  }
}
