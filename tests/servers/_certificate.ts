/**
 * Certificates of a test's own making.
 *
 * @module
 */

/**
 * Makes `certificate.pem`, for `localhost`, and `key.pem` in a folder.
 *
 * @throws {Error} when openssl fails, with what it says.
 */
export async function makeCertificate(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        .split(" "),
      ..."-addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout key.pem -out certificate.pem".split(" "),
    ],
    cwd: folder,
  }).output();
  if (!success) throw new Error(`openssl: ${new TextDecoder().decode(stderr)}`);
}
