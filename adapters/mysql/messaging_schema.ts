import { KEY_LOCK_SCHEMA } from "./key_locks.ts";

/** Ids, keys and words are compared by bytes, as in every store, so that no collation makes two of them equal. */
export const ID = "VARBINARY(256) NOT NULL";
export const NAME = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
/** The server's time in milliseconds since 1970, usable as a column default. */
export const NOW = "(ROUND(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000))";
export const TABLE = "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/** The tables of consumers and locks in every service's store. */
export const MESSAGING_SCHEMA: string[] = [
  ...KEY_LOCK_SCHEMA,
  `CREATE TABLE IF NOT EXISTS consumer_position (
     consumer ${NAME}, version INT NOT NULL, log_id ${NAME}, topic VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
     \`partition\` INT NOT NULL, next VARCHAR(64) CHARACTER SET ascii, epoch BIGINT NOT NULL, owner ${NAME},
     PRIMARY KEY (consumer, version, log_id, topic, \`partition\`)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS dead_letter (
     id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, consumer ${NAME}, topic VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
     \`partition\` INT NOT NULL, position ${NAME}, next ${NAME}, \`key\` LONGBLOB, headers LONGTEXT NOT NULL, value LONGBLOB,
     timestamp BIGINT NOT NULL, reason ${NAME}, detail TEXT NOT NULL, attempts INT NOT NULL, at BIGINT NOT NULL,
     UNIQUE KEY place (consumer, topic, \`partition\`, position)
   ) ${TABLE}`,
  `CREATE TABLE IF NOT EXISTS lease (name ${NAME} PRIMARY KEY, owner ${NAME}, until BIGINT NOT NULL) ${TABLE}`,
];

/** Dead letters get a projection version, a log and a status. Ordered ones block their key until they are replayed or discarded. */
export const DEAD_LETTER_SCHEMAS: string[][] = [
  [
    `CREATE TABLE IF NOT EXISTS letter (
       id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, consumer ${NAME}, version INT NOT NULL, log_id ${NAME},
       topic VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, \`partition\` INT NOT NULL, position ${NAME}, next ${NAME},
       \`key\` LONGBLOB, headers LONGTEXT NOT NULL, value LONGBLOB, timestamp BIGINT NOT NULL, reason ${NAME}, detail TEXT NOT NULL,
       attempts INT NOT NULL, at BIGINT NOT NULL, ordered TINYINT NOT NULL, status ${NAME} DEFAULT 'parked', settled_at BIGINT,
       UNIQUE KEY place (consumer, version, log_id, topic, \`partition\`, position),
       KEY letter_held (consumer, version, status, topic, ordered), KEY letter_key (topic, \`key\`(256)), KEY letter_status (status, id)
     ) ${TABLE}`,
    `INSERT IGNORE INTO letter (consumer, version, log_id, topic, \`partition\`, position, next, \`key\`, headers, value, timestamp,
         reason, detail, attempts, at, ordered)
       SELECT consumer, 1, '', topic, \`partition\`, position, next, \`key\`, headers, value, timestamp, reason, detail, attempts, at, 0
       FROM dead_letter ORDER BY id`,
  ],
  ["DROP TABLE IF EXISTS dead_letter"],
];

/** The epoch counts the owners of a lease, so that an earlier owner is fenced. */
export const LEASE_EPOCHS: string[] = ["ALTER TABLE lease ADD COLUMN epoch BIGINT NOT NULL DEFAULT 1"];

/** The live version of each projection. `attempt` counts the rebuilds. */
export const PROJECTION_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS projection (
     consumer ${NAME} PRIMARY KEY, live INT NOT NULL, since BIGINT NOT NULL, attempt BIGINT NOT NULL
   ) ${TABLE}`,
];

/** Marks of erased readers may be temporary (`kept` = 0). Those from before this step stay for ever. */
export const EPHEMERAL_MARKS: string[] = ["ALTER TABLE erased_reader ADD COLUMN kept TINYINT NOT NULL DEFAULT 1"];
