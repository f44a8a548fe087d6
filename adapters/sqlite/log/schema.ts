/** The log: messages by partition, and where each partition goes on. */
export const LOG_SCHEMA = `
  CREATE TABLE log (id TEXT NOT NULL, partitions INTEGER NOT NULL);
  CREATE TABLE head (topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) WITHOUT ROWID;
  CREATE TABLE message (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL,
    key BLOB, headers TEXT NOT NULL, value BLOB, time INTEGER NOT NULL, PRIMARY KEY (topic, partition, position)
  ) WITHOUT ROWID;
`;

/** Who reads what, in a file of its own: heartbeats need not outlive a power cut, and wake nobody who waits for messages. */
export const GROUP_SCHEMA = `
  CREATE TABLE member (name TEXT NOT NULL, member TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (name, member)) WITHOUT ROWID;
  CREATE TABLE owner (
    name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, member TEXT NOT NULL, PRIMARY KEY (name, topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE generation (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
`;

/** How far each group has read, as its members say; a group is known from its first beat on. */
export const GROUP_PROGRESS = `
  CREATE TABLE progress (
    name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (name, topic, partition)
  ) WITHOUT ROWID;
`;
