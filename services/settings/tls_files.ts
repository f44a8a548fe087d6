import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Logger } from "@/application/ports.ts";
import { lastGood, textIn } from "./read_again.ts";
import { secretIn } from "./secrets.ts";
import { readText, type Settings, StartFault } from "./settings.ts";

/** TLS material (PEM): the trusted authority, and the client's certificate with its key. */
type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string };
type Pair = { cert: string; key: string };

/**
 * Returns the TLS options of a server. Each connection reads the files again. While a file is unreadable, or a certificate and its
 * key do not match, the last valid ones are used. Throws a StartFault for invalid files at start.
 */
export function tlsOf(server: "KAFKA" | "MYSQL", settings: Settings, logger: Logger): { tls?: Tls } {
  if (settings[`${server}_TLS`] === "off") return {};
  const [ca, cert, key] = [`${server}_CA_FILE`, `${server}_CERT_FILE`, `${server}_KEY_FILE`] as const;
  const [caFile, certFile, keyFile] = [settings[ca], settings[cert], settings[key]];
  const tls = {};
  const refuse = (setting: string) => () => logger.error("secret-refused", { setting });
  if (caFile !== undefined) {
    // TLS would take a file without a certificate for "any public authority".
    const text = readPem(caFile, ca, (pem) => new X509Certificate(pem), "a certificate");
    const get = secretIn(caFile, text, { passes: isCertificate, refuse: refuse(ca) });
    Object.defineProperty(tls, "ca", { get, enumerable: true });
  }
  if (certFile !== undefined && keyFile !== undefined) {
    const first = {
      cert: readPem(certFile, cert, (pem) => new X509Certificate(pem), "a certificate"),
      key: readPem(keyFile, key, createPrivateKey, "a key without a passphrase"),
    };
    if (!isPair(first)) {
      throw new StartFault(`${key}: wanted the key of the certificate in ${certFile}, found another in ${keyFile}`);
    }
    const now = pairIn(certFile, keyFile, first, refuse(key));
    Object.defineProperties(tls, {
      cert: { get: () => now().cert, enumerable: true },
      key: { get: () => now().key, enumerable: true },
    });
  }
  return { tls };
}

function readPem(file: string, setting: string, parse: (pem: string) => unknown, wanted: string): string {
  const text = readText(file, setting);
  try {
    parse(text);
    return text;
  } catch (error) {
    throw new StartFault(`${setting}: wanted ${wanted} in PEM in ${file}: ${(error as Error).message}`);
  }
}

/** Returns a function that reads a certificate and its key. During a rotation one of them may still be the old one. */
function pairIn(certFile: string, keyFile: string, first: Pair, refuse: () => void): () => Pair {
  return lastGood({
    first,
    read() {
      const [cert, key] = [textIn(certFile), textIn(keyFile)];
      return cert === undefined || key === undefined ? undefined : { cert, key };
    },
    textOf: ({ cert, key }) => `${cert.trim()}\n${key.trim()}`,
    check: { passes: isPair, refuse },
  });
}

const isCertificate = (pem: string): boolean => succeeds(() => new X509Certificate(pem) !== undefined);
const isPair = ({ cert, key }: Pair): boolean =>
  succeeds(() => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)));

function succeeds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
