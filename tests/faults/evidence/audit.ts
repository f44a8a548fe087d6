import type { PositionNote } from "@/tests/oracle/evidence.ts";
import type { Row } from "@/adapters/sql/row.ts";
import { WAYS } from "@/tests/faults/world/servers.ts";
import { offsetOf, type Tables } from "@/tests/faults/world/tables.ts";

/** Every move of a stored position, as the database itself notes it inside the transaction that moves it. */
export interface Audit {
  notes(): Promise<PositionNote[]>;
}

/**
 * Lets the database note each move. A consumer that no longer owns a partition and writes nevertheless moves its position back,
 * if only for a moment, which nobody would see who looks from time to time. Only where the stores are in a database server.
 */
export async function startAudit(tables: Tables): Promise<Audit> {
  for (const service of WAYS) {
    const connection = await tables.connect(service);
    await connection.run(
      "CREATE TABLE fault_audit (id BIGINT AUTO_INCREMENT PRIMARY KEY, place VARCHAR(400) NOT NULL, epoch BIGINT, was VARCHAR(64), next VARCHAR(64))",
    );
    await connection.run(
      "CREATE TRIGGER fault_audit AFTER UPDATE ON consumer_position FOR EACH ROW INSERT INTO fault_audit (place, epoch, was, next) " +
        "VALUES (CONCAT(NEW.consumer, ' v', NEW.version, ' ', NEW.topic, '/', NEW.`partition`), NEW.epoch, OLD.next, NEW.next)",
    );
    // A version that is filled again begins at the beginning, with new epochs. The one that readers see never does.
    await connection.run(
      "CREATE TRIGGER fault_audit_gone AFTER DELETE ON consumer_position FOR EACH ROW INSERT INTO fault_audit (place) " +
        "VALUES (CONCAT(OLD.consumer, ' v', OLD.version, ' ', OLD.topic, '/', OLD.`partition`))",
    );
    connection.close();
  }
  return {
    async notes() {
      const all = await Promise.all(
        WAYS.map((service) => tables.rows(service, "SELECT * FROM fault_audit ORDER BY id")),
      );
      return all.flatMap(notesOf);
    },
  };
}

/** A row that has another epoch than the one before it is a claim; one without an epoch is the removal of the position. */
function notesOf(rows: Row[]): PositionNote[] {
  const epochs = new Map<string, bigint>();
  return rows.map((row) => {
    const place = String(row.place);
    if (row.epoch === null) {
      epochs.delete(place);
      return { place, kind: "gone" };
    }
    const epoch = BigInt(String(row.epoch));
    const kind = epochs.get(place) === epoch ? "move" : "claim";
    epochs.set(place, epoch);
    return { place, kind, epoch, from: offsetOf(row.was), next: offsetOf(row.next) };
  });
}
