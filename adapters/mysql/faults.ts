import { certificateFault } from "@/application/shared/text/certificate_fault.ts";
import { messageOf, Unavailable } from "@/application/faults.ts";

/** The transaction may be retried: after a deadlock, a lock wait timeout, or a row that changed meanwhile. */
export class Conflict extends Error {
  override name = "Conflict";

  /** `last`: the error to throw when the last attempt fails, too. */
  constructor(readonly last: Error) {
    super(last.message, { cause: last });
  }
}

/** The server refuses the service's login or a privilege. An operator must fix that. */
export class Denied extends Unavailable {
  override name = "Denied";
}

const errors = (...codes: string[]): ReadonlySet<string> => new Set(codes);
const CONFLICTS = errors("ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_CHECKREAD");
/** Errors of the server, not of the statement: it is down, shutting down, read only, full or at a limit. */
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
  // A storage engine error, such as a full disk.
  "ER_GET_ERRNO",
  "ER_RECORD_FILE_FULL",
  "ER_OUT_OF_RESOURCES",
  "ER_OUTOFMEMORY",
  "ER_NET_READ_ERROR",
  "ER_NET_READ_INTERRUPTED",
  "ER_NET_ERROR_ON_WRITE",
  "ER_NET_WRITE_INTERRUPTED",
  "ER_OPEN_AS_READONLY",
  "ER_INNODB_READ_ONLY",
  "ER_SCHEMA_READ_ONLY",
  "ER_SERVER_OFFLINE_MODE",
  "ER_SERVER_ISNT_AVAILABLE",
  "ER_CLIENT_INTERACTION_TIMEOUT",
  "ER_QUERY_TIMEOUT",
  "ER_TOO_MANY_CONCURRENT_TRXS",
  "ER_LOCK_TABLE_FULL",
  "ER_TRANS_CACHE_FULL",
  "ER_OUT_OF_SORTMEMORY",
  "ER_ENGINE_OUT_OF_MEMORY",
  "ER_INNODB_UNDO_LOG_FULL",
  "ER_DISK_FULL_NOWAIT",
  // The database or its tables are missing, for example during the restore of a backup.
  "ER_BAD_DB_ERROR",
  "ER_NO_DB_ERROR",
  "ER_NO_SUCH_TABLE",
);
const DENIALS = errors(
  "ER_ACCESS_DENIED_ERROR",
  "ER_ACCESS_DENIED_NO_PASSWORD_ERROR",
  "ER_ACCESS_DENIED_CHANGE_USER_ERROR",
  "ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK",
  "ER_ACCOUNT_HAS_BEEN_LOCKED",
  "ER_MUST_CHANGE_PASSWORD",
  "ER_MUST_CHANGE_PASSWORD_LOGIN",
  "ER_NOT_SUPPORTED_AUTH_MODE",
  "ER_SECURE_TRANSPORT_REQUIRED",
  "ER_HOST_IS_BLOCKED",
  "ER_HOST_NOT_PRIVILEGED",
  "ER_DBACCESS_DENIED_ERROR",
  "ER_DB_ACCESS_DENIED",
  "ER_TABLEACCESS_DENIED_ERROR",
  "ER_COLUMNACCESS_DENIED_ERROR",
  "ER_SPECIFIC_ACCESS_DENIED_ERROR",
);
/** MariaDB's error number of a locked account. MySQL uses this number for another error. */
const MARIADB_LOCKED = 4151;

/** Converts an error of mysql2 to `Conflict` or `Unavailable`, or returns it unchanged. */
export function faultOf(error: unknown): Error {
  const { code, fatal, errno } = error as { code?: string; fatal?: boolean; errno?: number };
  // Another transaction has inserted the same key first. The retry will see it.
  if (code === "ER_DUP_ENTRY") return new Conflict(error as Error);
  if (code !== undefined && CONFLICTS.has(code) || errno === 1020) {
    return new Conflict(new Unavailable(`the store is too busy: ${messageOf(error)}`, { cause: error }));
  }
  // With TLS 1.3 the server rejects a client certificate after the handshake.
  if (/fatal alert/.test(messageOf(error))) {
    const why = certificateFault(messageOf(error), "MYSQL");
    return new Unavailable(`the store refuses this client over TLS: ${why}`, { cause: error });
  }
  if (code === "HANDSHAKE_SSL_ERROR") {
    const why = certificateFault(messageOf(error), "MYSQL");
    return new Unavailable(`the store cannot show who it is: ${why}`, { cause: error });
  }
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return new Denied("the store speaks no TLS: switch it on there, or set MYSQL_TLS=off", { cause: error });
  }
  if (code === "ER_SECURE_TRANSPORT_REQUIRED") {
    return new Denied(`the store wants TLS: set MYSQL_TLS=on (${messageOf(error)})`, { cause: error });
  }
  if (code !== undefined && DENIALS.has(code) || errno === MARIADB_LOCKED) {
    return new Denied(`the store refuses this login or right: ${messageOf(error)}`, { cause: error });
  }
  // A lost connection has many codes. All of them are fatal.
  if (
    fatal === true || (code !== undefined && OUTAGES.has(code)) ||
    /closed state|Pool is closed|Queue limit reached/.test(messageOf(error))
  ) {
    return new Unavailable(`the store does not answer: ${messageOf(error)}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
