const HOST = /^(\[[\da-f:.]{2,45}\]|[\w.~-]{1,253})(:\d{1,5})?$/i;

/** Returns whether a `Host` header is `host` or `host:port`. Other text in it could be taken for a path. */
export const isHost = (host: string): boolean => HOST.test(host) && URL.canParse(`http://${host}/`);

/** Returns the host without its port, in lower case. */
export const hostName = (host: string): string => host.replace(/:\d*$/, "").toLowerCase();
