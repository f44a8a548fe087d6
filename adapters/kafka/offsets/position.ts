/**
 * Where to read next, with the time and offset of the message that was read last where they are known. Offsets start again in a
 * topic that was deleted and made again; the time shows that it is another topic.
 */
type Position = { offset: bigint; before?: string; last?: bigint };

/** The offset that follows, and the message that was read last. */
type ReadTo = { offset: string; timestamp: string; last?: string };

/**
 * A position as it is stored: `12~1764061200000`, or `14~1764061200000~11` where no messages are between (marks of transactions,
 * aborted messages) and the last one is further back. `offset`: the last one that is read or passed.
 */
export const positionAfter = ({ offset, timestamp, last = offset }: ReadTo): string =>
  `${BigInt(offset) + 1n}~${timestamp}${last === offset ? "" : `~${last}`}`;

export function positionOf(text: string): Position {
  const [offset, before, last] = text.split("~");
  if (before === undefined) return { offset: BigInt(offset!) };
  return { offset: BigInt(offset!), before, last: last === undefined ? BigInt(offset!) - 1n : BigInt(last) };
}

/** A position that has passed offsets without a message, up to this one. */
export function passTo(from: string | undefined, offset: string): string {
  const { before, last } = from === undefined ? {} : positionOf(from);
  if (before === undefined) return String(BigInt(offset) + 1n);
  return positionAfter({ offset, timestamp: before, last: String(last) });
}
