/** The messages of each partition, and the position of its next message. */
export const LOG_SCHEMA = `
  CREATE TABLE log (id TEXT NOT NULL, partitions INTEGER NOT NULL);
  CREATE TABLE head (topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (topic, partition)) WITHOUT ROWID;
  CREATE TABLE message (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL,
    key BLOB, headers TEXT NOT NULL, value BLOB, time INTEGER NOT NULL, PRIMARY KEY (topic, partition, position)
  ) WITHOUT ROWID;
`;

/**
 * Packs: messages of one partition that were appended together. `place` combines the partition's number and the last position.
 * Messages of the previous version stay in `message`. The trigger stops its processes from appending once there are packs.
 */
export const LOG_PACKS = `
  CREATE TABLE pack (place INTEGER PRIMARY KEY, count INTEGER NOT NULL, time INTEGER NOT NULL, pack BLOB NOT NULL);
  ALTER TABLE head ADD COLUMN number INTEGER;
  CREATE TRIGGER message_after_pack BEFORE INSERT ON message
    WHEN EXISTS (SELECT 1 FROM head WHERE topic = NEW.topic AND partition = NEW.partition AND number IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'a newer version appends to this log: replace this process'); END;
`;

/** Members and owners, in a separate file: heartbeats may be lost in a power cut, and must not wake those who wait for messages. */
export const GROUP_SCHEMA = `
  CREATE TABLE member (name TEXT NOT NULL, member TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (name, member)) WITHOUT ROWID;
  CREATE TABLE owner (
    name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, member TEXT NOT NULL, PRIMARY KEY (name, topic, partition)
  ) WITHOUT ROWID;
  CREATE TABLE generation (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
`;

/** The next position of each group, as its members report it. A group has rows from its first heartbeat on. */
export const GROUP_PROGRESS = `
  CREATE TABLE progress (
    name TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (name, topic, partition)
  ) WITHOUT ROWID;
`;
