import { AssignerProtocol, type GroupDescription, type PartitionAssigner, PartitionAssigners } from "kafkajs";
import type { Owner } from "@/application/messaging/wire/event_log.ts";

/** What members of the suite say of themselves to their group. */
const MARK = "bookstream";

/** The client's own assigner, under its name, so that members of earlier releases share partitions with these. */
export const assignInTurn: PartitionAssigner = (config) => {
  const inner = PartitionAssigners.roundRobin(config);
  const { name, version } = inner;
  const metadata = ({ topics }: { topics: string[] }) =>
    AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.from(MARK) });
  return { ...inner, protocol: (subscription) => ({ name, metadata: metadata(subscription) }) };
};

/** The owners of a group's partitions as its coordinator tells them, by `topic/partition` on the cluster. */
export function ownersIn({ members }: Pick<GroupDescription, "members">, self: string | null): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { memberId, clientId, clientHost, memberAssignment, memberMetadata } of members) {
    // Both are empty while the group shares its partitions out.
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
