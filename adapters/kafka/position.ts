/**
 * Where to read next, and the time of the message before that where it is known. Offsets begin anew in a topic that was deleted
 * and made again; the time shows that it is another topic.
 */
type Position = { offset: bigint; before?: string };

/** A position as it is stored: `12~1764061200000`. */
export const positionAfter = ({ offset, timestamp }: { offset: string; timestamp: string }): string =>
  `${BigInt(offset) + 1n}~${timestamp}`;

export function positionOf(text: string): Position {
  const [offset, before] = text.split("~");
  return { offset: BigInt(offset!), ...(before === undefined ? {} : { before }) };
}
