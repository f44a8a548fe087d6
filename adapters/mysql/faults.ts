import { messageOf, Unavailable } from "@/application/faults.ts";

/** The transaction may be tried again: after a deadlock, a lock that took too long, a row that changed meanwhile. */
export class Conflict extends Error {
  override name = "Conflict";

  /** `last`: the error to throw when the last attempt ends so. */
  constructor(readonly last: Error) {
    super(last.message, { cause: last });
  }
}

const errors = (...codes: string[]): ReadonlySet<string> => new Set(codes);
const CONFLICTS = errors("ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_CHECKREAD");
/** Errors of the server, not of the statement: it is gone, shutting down, read only, full or at its limits. */
const OUTAGES = errors(
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "POOL_CLOSED",
  "ER_CON_COUNT_ERROR",
  "ER_TOO_MANY_USER_CONNECTIONS",
  "ER_USER_LIMIT_REACHED",
  "ER_SERVER_SHUTDOWN",
  "ER_NORMAL_SHUTDOWN",
  "ER_SHUTDOWN_COMPLETE",
  "ER_CONNECTION_KILLED",
  "ER_NEW_ABORTING_CONNECTION",
  "ER_QUERY_INTERRUPTED",
  "ER_OPTION_PREVENTS_STATEMENT",
  "ER_READ_ONLY_MODE",
  "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION",
  "ER_DISK_FULL",
  "ER_ERROR_ON_WRITE",
  "ER_ERROR_DURING_COMMIT",
  "ER_BINLOG_LOGGING_IMPOSSIBLE",
  // An error of the storage engine, such as a full disk.
  "ER_GET_ERRNO",
  "ER_RECORD_FILE_FULL",
  "ER_OUT_OF_RESOURCES",
  "ER_OUTOFMEMORY",
  "ER_NET_READ_ERROR",
  "ER_NET_READ_INTERRUPTED",
  "ER_NET_ERROR_ON_WRITE",
  "ER_NET_WRITE_INTERRUPTED",
);

/** The client's error as a `Conflict`, as `Unavailable`, or as it is. */
export function faultOf(error: unknown): Error {
  const { code, fatal, errno } = error as { code?: string; fatal?: boolean; errno?: number };
  // Another transaction has stored the same key first; the next attempt will see it.
  if (code === "ER_DUP_ENTRY") return new Conflict(error as Error);
  if (code !== undefined && CONFLICTS.has(code) || errno === 1020) {
    return new Conflict(new Unavailable(`the store is too busy: ${messageOf(error)}`, { cause: error }));
  }
  if (code === "HANDSHAKE_SSL_ERROR") {
    return new Unavailable(`the store cannot show who it is: ${messageOf(error)}`, { cause: error });
  }
  // A broken connection has many codes; all of them are fatal.
  if (
    fatal === true || (code !== undefined && OUTAGES.has(code)) ||
    /closed state|Pool is closed|Queue limit reached/.test(messageOf(error))
  ) {
    return new Unavailable(`the store does not answer: ${messageOf(error)}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
