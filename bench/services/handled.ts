/** What a service's consumer says of itself, over HTTP. Asking costs the service something, so not more often than is needed. */
export async function consumerOf(url: string): Promise<{ handled: number; partitions: number; lag: number }> {
  const { parts: { consumer } } = await (await fetch(`${url}/readyz?verbose`)).json();
  const own = consumer.partitions.filter(({ owner }: { owner: string }) => owner === "this process");
  const lags: (number | null)[] = own.map((one: { lag_messages: number | null }) => one.lag_messages);
  return {
    handled: consumer.handled,
    partitions: lags.length,
    lag: lags.reduce((sum: number, one) => sum + (one ?? Infinity), 0),
  };
}

/** How many messages it has handled since it started. */
export const handled = async (url: string): Promise<number> => (await consumerOf(url)).handled;
