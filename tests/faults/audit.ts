import { type Violation, violation } from "./check/violation.ts";
import { WAYS } from "./servers.ts";
import { offsetOf, type Tables } from "./tables.ts";

/** Every move of a stored position, as the database itself notes it inside the transaction that moves it. */
export interface Audit {
  check(): Promise<Violation[]>;
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
    // A version that is filled anew begins at the beginning, with new epochs. The one that readers see never does.
    await connection.run(
      "CREATE TRIGGER fault_audit_gone AFTER DELETE ON consumer_position FOR EACH ROW INSERT INTO fault_audit (place) " +
        "VALUES (CONCAT(OLD.consumer, ' v', OLD.version, ' ', OLD.topic, '/', OLD.`partition`))",
    );
    connection.close();
  }
  return {
    async check() {
      const rows = (await Promise.all(
        WAYS.map((service) => tables.rows(service, "SELECT * FROM fault_audit ORDER BY id")),
      )).flat();
      const back = rows.filter(({ was, next }) => offsetOf(next) < offsetOf(was));
      const epochs = Map.groupBy(rows, ({ place }) => String(place));
      const older = [...epochs].filter(([, own]) =>
        own.some(({ epoch }, at) => epoch !== null && at > 0 && Number(epoch) < Number(own[at - 1]!.epoch))
      );
      return [
        ...violation(
          "I5",
          "positions were moved back",
          back.map((row) => `${row.place} from ${row.was} to ${row.next}`),
        ),
        ...violation("I6", "an earlier owner wrote after a later one", older.map(([place]) => place)),
      ];
    },
  };
}
