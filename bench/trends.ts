/** Whether a query is among those that are searched most. */
export async function trends(trend: string, query: string): Promise<boolean> {
  const { items } = await (await fetch(`${trend}/v1/trends/queries?limit=100`)).json();
  return items.some((item: { query: string }) => item.query === query);
}
