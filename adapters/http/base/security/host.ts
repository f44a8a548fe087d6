const HOST = /^(\[[\da-f:.]{2,45}\]|[\w.~-]{1,253})(:\d{1,5})?$/i;

/** Whether a `Host` header is what it must be, `host` or `host:port`: text in it could otherwise pass for a path. */
export const isHost = (host: string): boolean => HOST.test(host) && URL.canParse(`http://${host}/`);

/** The host without its port, in lower case. */
export const hostName = (host: string): string => host.replace(/:\d*$/, "").toLowerCase();
