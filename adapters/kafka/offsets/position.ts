/**
 * The next offset, with the time (`lastTimestamp`) and offset (`lastOffset`) of the last message read, where they are known. The time detects
 * a recreated topic, whose offsets start again at 0.
 */
type Position = { offset: bigint; lastTimestamp?: string; lastOffset?: bigint };

/** The last offset read or skipped, with the time and offset of the last message read. */
type ReadTo = { offset: string; timestamp: string; last?: string };

/**
 * Returns a position as it is stored: `12~1764061200000`. It is `14~1764061200000~11` when offsets without messages (transaction
 * markers, aborted messages) follow the last message read.
 */
export const positionAfter = ({ offset, timestamp, last = offset }: ReadTo): string =>
  `${BigInt(offset) + 1n}~${timestamp}${last === offset ? "" : `~${last}`}`;

export function positionOf(text: string): Position {
  const [offset, timestamp, last] = text.split("~");
  if (timestamp === undefined) return { offset: BigInt(offset!) };
  const lastOffset = last === undefined ? BigInt(offset!) - 1n : BigInt(last);
  return { offset: BigInt(offset!), lastTimestamp: timestamp, lastOffset };
}

/** Moves a position over offsets without messages, up to and including `offset`. */
export function advanceTo(from: string | undefined, offset: string): string {
  const { lastTimestamp, lastOffset } = from === undefined ? {} : positionOf(from);
  if (lastTimestamp === undefined) return String(BigInt(offset) + 1n);
  return positionAfter({ offset, timestamp: lastTimestamp, last: String(lastOffset) });
}
