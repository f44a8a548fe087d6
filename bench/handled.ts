/** What a service's consumer says of itself, over HTTP. Asking costs the service something, so not more often than is needed. */
export async function consumerOf(url: string): Promise<{ handled: number; partitions: number }> {
  const { parts } = await (await fetch(`${url}/readyz?verbose`)).json();
  return { handled: Number(parts.consumer?.handled ?? 0), partitions: parts.consumer?.partitions?.length ?? 0 };
}

/** How many messages it has handled since it started. */
export const handled = async (url: string): Promise<number> => (await consumerOf(url)).handled;
