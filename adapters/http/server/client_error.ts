import type { Duplex } from "node:stream";

/** What node says of a request that does not come in time. */
export const LATE = "ERR_HTTP_REQUEST_TIMEOUT";
const STATUS: Record<string, string> = {
  [LATE]: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** Whether the client has sent what cannot be read, or nothing in time; to leave in the middle of a request is no fault. */
export const isFault = ({ code = "" }: { code?: string }): boolean =>
  code === LATE || code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE";

/**
 * Ends a connection on which no request could be read. It is told why, unless an answer of an earlier request is on its way, into
 * which that would be written.
 */
export function answerClientError(error: { code?: string }, socket: Duplex, isAnswering: boolean): void {
  if (!socket.writable || isAnswering) return void socket.destroy();
  leaveParser(socket);
  socket.end(
    `HTTP/1.1 ${STATUS[error.code ?? ""] ?? "400 Bad Request"}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/**
 * The runtime gives the parser of such a connection to the next one, and would go on feeding it with what still comes on this one,
 * into the request of somebody else. That is dropped here, and the connection closed once its client has closed it.
 */
function leaveParser(socket: Duplex): void {
  socket.removeAllListeners("data").removeAllListeners("end");
  socket.once("end", () => socket.destroy()).resume();
}
