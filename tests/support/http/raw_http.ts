/** A connection on which a test writes raw HTTP. */
export async function openRaw(port: number) {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let text = "";
  const ended = (async () => {
    const buffer = new Uint8Array(65_536);
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      text += decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  })().catch(() => {});
  return {
    send: (part: string) => connection.write(encoder.encode(part)),
    /** The received bytes so far, as text. */
    text: () => text,
    /** Resolves with all received text once the other end has closed. */
    async ended() {
      await ended;
      return text;
    },
    close() {
      try {
        connection.close();
      } catch {
        // The other end has closed already.
      }
    },
  };
}

/** The head of a request. */
export const head = (line: string, headers: Record<string, string> = {}): string =>
  [`${line} HTTP/1.1`, ...Object.entries({ Host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}`)]
    .join("\r\n") + "\r\n\r\n";

/** The status of the first answer in a text. */
export const statusOf = (text: string): number | undefined => {
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
};
