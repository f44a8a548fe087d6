/** What TLS says, and what that means here. */
const MEANINGS: [says: RegExp, means: string][] = [
  // An alert is the other end's word on this client.
  [
    /fatal alert: (\w*Certificate\w*|UnknownCA|AccessDenied)/,
    "it wants a certificate of this client that it trusts: look at CERT_FILE",
  ],
  [
    /fatal alert: HandshakeFailure/,
    "it has no cipher that this client takes (TLS 1.3, or 1.2 with ECDHE): servers on OpenSSL 1.0 have none",
  ],
  [
    /verify the first certificate|self.signed|issuer certificate|UnknownIssuer/i,
    "its certificate is not of the authority in CA_FILE",
  ],
  [/expired/i, "its certificate has expired: renew it there, or look at the clock here"],
  [/not yet valid/i, "its certificate is not valid yet: look at the clocks"],
  [/does not match certificate|altname/i, "its certificate is for another host than the setting names"],
];

/** Why there is no TLS with a server, with the words of TLS behind it. `server`: what the names of its settings begin with. */
export function certificateFault(message: string, server: "KAFKA" | "MYSQL"): string {
  const [, means] = MEANINGS.find(([says]) => says.test(message)) ?? [];
  return means === undefined ? message : `${means.replace(/C(A|ERT)_FILE/, `${server}_$&`)} (${message})`;
}
