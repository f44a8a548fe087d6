import type { Duplex } from "node:stream";

/** Node's error code of a request that did not arrive in time. */
export const LATE = "ERR_HTTP_REQUEST_TIMEOUT";
const STATUS: Record<string, string> = {
  [LATE]: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** Returns whether the client has sent an unreadable or late request. Disconnecting in the middle of a request is no fault. */
export const isFault = ({ code = "" }: { code?: string }): boolean =>
  code === LATE || code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE";

/**
 * Closes a connection whose request could not be read. Sends an error response first, unless an earlier request is still being
 * answered: the error would be written into that answer.
 */
export function answerClientError(error: { code?: string }, socket: Duplex, isAnswering: boolean): void {
  if (!socket.writable || isAnswering) return void socket.destroy();
  leaveParser(socket);
  socket.end(
    `HTTP/1.1 ${STATUS[error.code ?? ""] ?? "400 Bad Request"}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/**
 * Detaches the socket from its parser, drops further input, and closes it once the client has closed it. Otherwise Node reuses the
 * parser for the next connection and feeds it input of this one: it would get into another client's request.
 */
function leaveParser(socket: Duplex): void {
  socket.removeAllListeners("data").removeAllListeners("end");
  socket.once("end", () => socket.destroy()).resume();
}
