/**
 * Where to read next, with the time of the message before it where that is known: offsets begin anew in a topic that was deleted
 * and made again, and by the time it is told from the one that was read.
 */
type Position = { offset: bigint; before?: string };

/** A position as it is stored: `12~1764061200000`. */
export const positionAfter = ({ offset, timestamp }: { offset: string; timestamp: string }): string =>
  `${BigInt(offset) + 1n}~${timestamp}`;

export function positionOf(text: string): Position {
  const [offset, before] = text.split("~");
  return { offset: BigInt(offset!), ...(before === undefined ? {} : { before }) };
}
