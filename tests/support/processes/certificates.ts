import { join } from "node:path";

/** A server's certificate and its key, as files and as text (PEM). */
export type Certificate = { certFile: string; keyFile: string; cert: string; key: string };

/** An authority of a test's own, which makes certificates with `openssl`. */
export interface Authority {
  file: string;
  pem: string;
  /** A certificate for these names (`DNS:localhost,IP:127.0.0.1`); `days` may be -1, of one that has expired. */
  certify(names: string, days?: number): Certificate;
}

/** Makes an authority, with all its files in the folder. */
export function createAuthority(folder: string, name: string): Authority {
  const file = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
  openssl(["req", "-x509", ...key, keyFile, "-out", file, "-days", "2", "-subj", `/CN=${name}`]);
  let made = 0;
  return {
    file,
    pem: Deno.readTextFileSync(file),
    certify(names, days = 1) {
      const path = join(folder, `${name}-${++made}`);
      const [request, extensions] = [`${path}.csr`, `${path}.ext`];
      const own = { certFile: `${path}.pem`, keyFile: `${path}.key` };
      Deno.writeTextFileSync(extensions, `subjectAltName=${names}\n`);
      openssl(["req", ...key, own.keyFile, "-out", request, "-subj", `/CN=${name}-${made}`]);
      const signing = ["-CA", file, "-CAkey", keyFile, "-CAcreateserial", "-days", String(days)];
      openssl(["x509", "-req", "-in", request, ...signing, "-extfile", extensions, "-out", own.certFile]);
      return { ...own, cert: Deno.readTextFileSync(own.certFile), key: Deno.readTextFileSync(own.keyFile) };
    },
  };
}

function openssl(args: string[]): void {
  const { success, stderr } = new Deno.Command("openssl", { args, stdout: "null", stderr: "piped" }).outputSync();
  if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr).slice(-500)}`);
}
