import { KEY_LOCK_SCHEMA } from "./key_locks.ts";

/** Ids, keys and words compare by their bytes, as in every store: no collation takes two of them for one. */
export const ID = "VARBINARY(256) NOT NULL";
const NAME = "VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL";
export const TABLE = "ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/** Tables that every service's store has for its consumers and its locks. */
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
