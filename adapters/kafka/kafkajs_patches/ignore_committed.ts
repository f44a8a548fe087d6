import offsetManager from "kafkajs/offset_manager";

type Offsets = { topic: string; partitions: { partition: number; offset: string }[] };

/** The part of kafkajs' offset manager that the patch uses. */
type Manager = {
  topics: string[];
  memberAssignment: Record<string, number[]>;
  topicConfigurations: Record<string, { fromBeginning?: boolean }>;
  cluster: {
    fetchTopicsOffset(
      topics: { topic: string; partitions: { partition: number }[]; fromBeginning?: boolean }[],
    ): Promise<Offsets[]>;
  };
  /** The next offset of each assigned partition, where it is known. */
  committedOffsets(): Record<string, Record<number, string | undefined>>;
  resolveOffsets(): Promise<void>;
};

let patched = false;

/**
 * kafkajs 2.2.4 starts at the group's committed offsets. Here they are only a gauge, and any tool can set them. Set to the end,
 * they would keep the reader from its first batch, with which it seeks to the stored position. The patch starts at the oldest message.
 */
export function patchResolveOffsets(): void {
  if (patched) return;
  patched = true;
  const { prototype } = offsetManager as { prototype: Manager };
  prototype.resolveOffsets = async function (this: Manager) {
    const begins = this.committedOffsets();
    const isKnown = (offset: string | undefined) =>
      offset !== undefined && offset !== null && BigInt(String(offset)) >= 0n;
    const wanted = this.topics.map((topic) => ({
      ...this.topicConfigurations[topic],
      topic,
      partitions: this.memberAssignment[topic]!
        .filter((partition) => !isKnown(begins[topic]?.[partition]))
        .map((partition) => ({ partition })),
    })).filter(({ partitions }) => partitions.length > 0);
    if (wanted.length === 0) return;
    for (const { topic, partitions } of await this.cluster.fetchTopicsOffset(wanted)) {
      const found = Object.fromEntries(partitions.map(({ partition, offset }) => [partition, offset]));
      begins[topic] = { ...begins[topic], ...found };
    }
  };
}
