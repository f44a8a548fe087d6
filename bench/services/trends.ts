/** Searches that are looked for, at rest and under load: no more in all than a list of trends may be long. */
export const LOOKS = 50;

/** Whether a query is among those that are searched most. */
export async function trends(trend: string, query: string): Promise<boolean> {
  const { items } = await (await fetch(`${trend}/v1/trends/queries?limit=100`)).json();
  return items.some((item: { query: string }) => item.query === query);
}
