/**
 * What the parts of a control plane, and who calls it, prove who they are with.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import { join } from "@std/path";

/** Who the API server is for those whose APIs it passes on. */
export const AGGREGATOR = "aggregator";

/** Who calls, and how that is proved. */
export type Credentials =
  | { readonly token: string }
  | { readonly certificate: string; readonly key: string };

/** What is in a kubeconfig. */
export interface KubeconfigContent {
  readonly server: string;
  /** The authority's certificate, PEM. */
  readonly authority: string;
  readonly credentials: Credentials;
  /** @default "default" */
  readonly namespace?: string | undefined;
}

/**
 * Makes, in a folder: an authority (`ca.pem`), the API server's certificate (`server.pem`, `server.key`), an
 * administrator's (`admin.pem`, `admin.key`), the API server's own towards others (`aggregator.pem`, `aggregator.key`), and the
 * keys that the tokens of service accounts are signed with (`accounts.key`, `accounts.pub`).
 *
 * @throws {Error} when openssl fails, with what it says.
 */
export async function makeCredentials(folder: string): Promise<void> {
  const openssl = (line: string) => run(folder, line.split(" "));
  const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  await openssl(`req -x509 ${newKey} -days 2 -subj /CN=troupe-tests -keyout ca.key -out ca.pem`);
  const certify = async (name: string, subject: string, extensions: string) => {
    await Deno.writeTextFile(join(folder, `${name}.ext`), extensions);
    await openssl(`req -new ${newKey} -subj ${subject} -keyout ${name}.key -out ${name}.csr`);
    await openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ${name}.ext -out ${name}.pem`,
    );
  };
  await certify("server", "/CN=localhost", "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  await certify("admin", "/O=system:masters/CN=certified-admin", "extendedKeyUsage=clientAuth\n");
  await certify(AGGREGATOR, `/CN=${AGGREGATOR}`, "extendedKeyUsage=clientAuth\n");
  await openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out accounts.key");
  await openssl("pkey -in accounts.key -pubout -out accounts.pub");
}

/** The text of a kubeconfig file. */
export function kubeconfigText(
  { server, authority, credentials, namespace = "default" }: KubeconfigContent,
): string {
  const base64 = (text: string) => encodeBase64(new TextEncoder().encode(text));
  const user = "token" in credentials ? credentials : {
    "client-certificate-data": base64(credentials.certificate),
    "client-key-data": base64(credentials.key),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [{ name: "caller", user }],
    contexts: [{ name: "test", context: { cluster: "test", user: "caller", namespace } }],
    "current-context": "test",
  });
}

async function run(cwd: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args], cwd }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
