/** What TLS says of a certificate, and what that means here. */
const MEANINGS: [says: RegExp, means: string][] = [
  [
    /verify the first certificate|self.signed|issuer certificate|UnknownIssuer/i,
    "its certificate is not of the authority in CA_FILE",
  ],
  [/expired/i, "its certificate has expired: renew it there, or look at the clock here"],
  [/not yet valid/i, "its certificate is not valid yet: look at the clocks"],
  [/does not match certificate|altname/i, "its certificate is for another host than the setting names"],
];

/** Why a server's certificate is not believed, with the words of TLS behind it. `setting` names the file of the authority. */
export function certificateFault(message: string, setting: string): string {
  const [, means] = MEANINGS.find(([says]) => says.test(message)) ?? [];
  return means === undefined ? message : `${means.replace("CA_FILE", setting)} (${message})`;
}
