/** Stock kafkajs in a process of its own, as our patches change the client for a whole process. */
type BareClient = { deliver(count: number): Promise<number>; close(): Promise<void> };

/** Resolves when its consumer has joined. `deliver` resolves with the milliseconds until so many messages were sent and read. */
export async function startBareClient(brokers: string[], topic: string): Promise<BareClient> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-net=127.0.0.1",
      "--ignore-env",
      "bench/bare/broker_kill.ts",
      brokers.join(","),
      topic,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const input = child.stdin.getWriter();
  const answer = async () => {
    const { value } = await lines.read();
    if (value === undefined) throw new Error("the bare client has ended");
    return value.trim();
  };
  await answer();
  return {
    async deliver(count) {
      await input.write(new TextEncoder().encode(`${count}\n`));
      return Number(await answer());
    },
    async close() {
      await input.close();
      await lines.cancel();
      await child.status;
    },
  };
}
