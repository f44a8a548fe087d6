import { createPrivateKey, X509Certificate } from "node:crypto";
import { readAgain, secretIn } from "./secrets.ts";
import { readText, type Settings, StartFault } from "./settings.ts";

/** What TLS works with (PEM): the authority to trust, and the certificate by which this client shows who it is, with its key. */
type Tls = { readonly ca?: string; readonly cert?: string; readonly key?: string };
type Pair = { cert: string; key: string };

/**
 * TLS as the settings of a server ask for it. Its files are read again for each connection; while one of them cannot be read, or
 * a certificate and its key do not belong together, the last ones hold. Throws a StartFault for files that are of no use.
 */
export function tlsOf(server: "KAFKA" | "MYSQL", settings: Settings): { tls?: Tls } {
  if (settings[`${server}_TLS`] === "off") return {};
  const [ca, cert, key] = [`${server}_CA_FILE`, `${server}_CERT_FILE`, `${server}_KEY_FILE`] as const;
  const [caFile, certFile, keyFile] = [settings[ca], settings[cert], settings[key]];
  const tls = {};
  if (caFile !== undefined) {
    // TLS would take a file without a certificate for "any public authority".
    const text = readPem(caFile, ca, (pem) => new X509Certificate(pem), "a certificate");
    const get = secretIn(caFile, text, { passes: isCertificate, refuse: () => {} });
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
    const now = pairIn(certFile, keyFile, first);
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

function pairIn(certFile: string, keyFile: string, first: Pair): () => Pair {
  let last = first;
  return () => {
    const [cert, key] = [readAgain(certFile), readAgain(keyFile)];
    const isChanged = cert !== last.cert.trim() || key !== last.key.trim();
    // One of the two files may be replaced already, and the other one not yet.
    if (cert !== undefined && key !== undefined && isChanged && isPair({ cert, key })) last = { cert, key };
    return last;
  };
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
