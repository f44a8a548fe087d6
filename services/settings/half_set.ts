/** The given settings. A setting that is `off` counts as not set. */
type Given = Record<string, string | undefined>;
/** A setting that does nothing unless another one (`wants`) is set, or is `on`. */
type Need = { setting: string; wants: string; on?: true; why: string };

const NO_LOG = "without it the event log is not on Kafka";
const NO_CHECK = "without TLS no certificate is checked";

/** Security settings that need another one. Alone they are a fault, as their author expects a protection that is missing. */
const NEEDS: Need[] = [
  { setting: "KAFKA_SASL", wants: "KAFKA_USERNAME", why: "KAFKA_SASL says how to log in" },
  { setting: "KAFKA_SASL", wants: "KAFKA_PASSWORD", why: "KAFKA_SASL says how to log in" },
  { setting: "KAFKA_USERNAME", wants: "KAFKA_SASL", why: "without it nobody logs in" },
  { setting: "KAFKA_PASSWORD", wants: "KAFKA_SASL", why: "without it nobody logs in" },
  { setting: "KAFKA_CA_FILE", wants: "KAFKA_TLS", on: true, why: NO_CHECK },
  ...clientCertificate("KAFKA"),
  { setting: "KAFKA_TLS", wants: "KAFKA_BROKERS", why: NO_LOG },
  { setting: "KAFKA_SASL", wants: "KAFKA_BROKERS", why: NO_LOG },
  { setting: "MYSQL_CA_FILE", wants: "MYSQL_TLS", on: true, why: NO_CHECK },
  ...clientCertificate("MYSQL"),
  { setting: "MYSQL_TLS", wants: "MYSQL_URL", why: "without it the stores are not on a server" },
];

/** Returns the needs of a client certificate: its key, and TLS. */
function clientCertificate(server: "KAFKA" | "MYSQL"): Need[] {
  const [cert, key] = [`${server}_CERT_FILE`, `${server}_KEY_FILE`];
  const why = "a certificate is shown with its key";
  return [
    { setting: cert, wants: key, why },
    { setting: key, wants: cert, why },
    { setting: cert, wants: `${server}_TLS`, on: true, why: "without TLS no certificate is shown" },
  ];
}

/** Returns the faults of combined settings, one line each. */
export function halfSet(given: Given): string[] {
  const isSet = (name: string) => given[name] !== undefined && given[name] !== "off";
  const missing = NEEDS.filter(({ setting, wants }) => isSet(setting) && !isSet(wants)).map((
    { setting, wants, on, why },
  ) => `${wants}: wanted${on ? " on" : ""} beside ${setting}, as ${why}; found ${given[wants] ?? "nothing"}`);
  const inClear = given.KAFKA_SASL === "plain" && !isSet("KAFKA_TLS") && !isSet("KAFKA_PLAIN_WITHOUT_TLS");
  return [
    ...missing,
    ...(inClear
      ? [
        "KAFKA_SASL: plain sends the password in clear; wanted KAFKA_TLS=on, or KAFKA_PLAIN_WITHOUT_TLS=on where the network is trusted",
      ]
      : []),
    ...mysqlUrlFaults(given.MYSQL_URL),
  ];
}

/** Returns whether a text is a valid MYSQL_URL. */
export const isMysqlUrl = (text: string): boolean =>
  /^mysql:/.test(text) && URL.canParse(text) && mysqlUrlFaults(text).length === 0;

/** Returns the faults of a MySQL URL. Options such as `?ssl-mode=REQUIRED` are faults: here they would be ignored silently. */
function mysqlUrlFaults(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const url = new URL(text);
  const options = [...new Set(url.searchParams.keys())].map((name) => name.slice(0, 40));
  const faults = [
    ...(url.hostname === "" ? ["wanted a host"] : []),
    ...(options.length === 0 ? [] : [
      `wanted no options, found ${options.join(", ")}: MYSQL_TLS=on asks for TLS and checks who the server is`,
    ]),
    ...(/^\/?$/.test(url.pathname) ? [] : ["wanted no database behind the host: MYSQL_PREFIX names the databases"]),
    ...(url.hash === "" ? [] : ["wanted nothing behind #: write # in a password as %23"]),
    ...(url.username === "" && url.password !== "" ? ["wanted a user beside the password"] : []),
    ...(isEncoded(url.username) && isEncoded(url.password) ? [] : ["wanted % in a user or password written as %25"]),
  ];
  return faults.map((fault) => `MYSQL_URL: ${fault}`);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
