import { AssignerProtocol, type GroupDescription, type PartitionAssigner, PartitionAssigners } from "kafkajs";
import type { Owner } from "@/application/messaging/wire/event_log.ts";

/** The user data in the subscription of each member of the suite. It tells them from foreign members. */
const MARK = "bookstream";

/** kafkajs' round-robin assigner with our user data. It keeps its name, so that members of earlier releases can share the group. */
export const assignInTurn: PartitionAssigner = (config) => {
  const inner = PartitionAssigners.roundRobin(config);
  const { name, version } = inner;
  const metadata = ({ topics }: { topics: string[] }) =>
    AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.from(MARK) });
  return { ...inner, protocol: (subscription) => ({ name, metadata: metadata(subscription) }) };
};

/** Returns the owner of each partition of a group, by `topic/partition` on the cluster. */
export function ownersIn({ members }: Pick<GroupDescription, "members">, self: string | null): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { memberId, clientId, clientHost, memberAssignment, memberMetadata } of members) {
    // During a rebalance the assignment and the metadata are empty.
    const assigned = AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {};
    const isOurs = () => String(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData ?? "") === MARK;
    for (const [topic, partitions] of Object.entries(assigned)) {
      const kind = memberId === self ? "self" : isOurs() ? "suite" : "stranger";
      for (const partition of partitions) {
        owners.set(`${topic}/${partition}`, { kind, name: `${clientId} at ${clientHost}` });
      }
    }
  }
  return owners;
}
