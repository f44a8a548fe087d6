/** The consumers' tables in every service's store. */
export const MESSAGING_SCHEMA = `
  CREATE TABLE position (
    consumer TEXT NOT NULL, version INTEGER NOT NULL, log_id TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    next TEXT, epoch INTEGER NOT NULL, owner TEXT NOT NULL,
    PRIMARY KEY (consumer, version, log_id, topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY, consumer TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, position TEXT NOT NULL,
    next TEXT NOT NULL, key BLOB, headers TEXT NOT NULL, value BLOB, timestamp INTEGER NOT NULL,
    reason TEXT NOT NULL, detail TEXT NOT NULL, attempts INTEGER NOT NULL, at INTEGER NOT NULL,
    UNIQUE (consumer, topic, partition, position)
  );
  CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Dead letters get a projection version, a log and a status. Ordered ones block their key until they are replayed or discarded. */
export const DEAD_LETTER_SCHEMA = `
  CREATE TABLE letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT, consumer TEXT NOT NULL, version INTEGER NOT NULL, log_id TEXT NOT NULL, topic TEXT NOT NULL,
    partition INTEGER NOT NULL, position TEXT NOT NULL, next TEXT NOT NULL, key BLOB, headers TEXT NOT NULL, value BLOB,
    timestamp INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, attempts INTEGER NOT NULL, at INTEGER NOT NULL,
    ordered INTEGER NOT NULL, status TEXT NOT NULL DEFAULT 'parked', settled_at INTEGER,
    UNIQUE (consumer, version, log_id, topic, partition, position)
  );
  CREATE INDEX letter_held ON letter (consumer, version, status, topic, ordered);
  CREATE INDEX letter_key ON letter (topic, key);
  INSERT INTO letter (consumer, version, log_id, topic, partition, position, next, key, headers, value, timestamp, reason, detail,
      attempts, at, ordered)
    SELECT consumer, 1, '', topic, partition, position, next, key, headers, value, timestamp, reason, detail, attempts, at, 0
    FROM dead_letter ORDER BY id;
  DROP TABLE dead_letter;
`;

/** The epoch counts the owners of a lease, so that an earlier owner is fenced. */
export const LEASE_EPOCHS = "ALTER TABLE lease ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1";

/** An index to purge replayed and discarded dead letters by age. */
export const DEAD_LETTER_AGE = "CREATE INDEX letter_settled ON letter (settled_at) WHERE settled_at IS NOT NULL;";

/** The live version of each projection. `attempt` counts the rebuilds. */
export const PROJECTION_SCHEMA = `
  CREATE TABLE projection (
    consumer TEXT PRIMARY KEY, live INTEGER NOT NULL, since INTEGER NOT NULL, attempt INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

/** The table has the same name on every store, and `POSITION` is a function in MySQL. */
export const CONSUMER_POSITION = "ALTER TABLE position RENAME TO consumer_position;";

/** Marks of erased readers may be temporary (`kept` = 0). Those from before this step stay for ever. */
export const EPHEMERAL_MARKS = "ALTER TABLE erased_reader ADD COLUMN kept INTEGER NOT NULL DEFAULT 1;";
