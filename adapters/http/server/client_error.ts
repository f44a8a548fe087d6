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
  const status = STATUS[error.code ?? ""];
  const body = status === undefined ? UNREADABLE : "";
  const type = body === "" ? "" : "Content-Type: application/problem+json\r\n";
  socket.end(
    `HTTP/1.1 ${
      status ?? "400 Bad Request"
    }\r\nConnection: close\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** The parser does not say what it found. Clients such as curl send the signs of an address as they are typed. */
const UNREADABLE = JSON.stringify({
  type: "/problems/malformed-request",
  title: "Malformed request",
  status: 400,
  detail:
    "the request cannot be read: wanted HTTP/1.1, and in its address percent-encoding for spaces and signs beyond ASCII (%C3%BC)",
});

/**
 * Detaches the socket from its parser, drops further input, and closes it once the client has closed it. Otherwise Node reuses the
 * parser for the next connection and feeds it input of this one: it would get into another client's request.
 */
function leaveParser(socket: Duplex): void {
  socket.removeAllListeners("data").removeAllListeners("end");
  socket.once("end", () => socket.destroy()).resume();
}
