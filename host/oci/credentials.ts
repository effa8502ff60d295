/**
 * Who somebody is to a registry.
 *
 * @module
 */

/** What somebody signs in with. */
export type RegistryCredentials =
  & {
    /** Where they are from, for messages: `/etc/troupe/registry/config.json`. */
    readonly from: string;
  }
  & (
    | { readonly kind: "password"; readonly username: string; readonly password: string }
    /** A token that is exchanged for others, as `docker login` keeps it for some registries. */
    | { readonly kind: "identity-token"; readonly token: string }
  );

/** Every text that no message may have. */
export function secretsOf(credentials: RegistryCredentials | undefined): string[] {
  if (credentials === undefined) return [];
  if (credentials.kind === "identity-token") return [credentials.token];
  return [basicOf(credentials), credentials.password];
}

/** Name and password as a server takes them. */
export function basicOf(
  { username, password }: { readonly username: string; readonly password: string },
): string {
  return new TextEncoder().encode(`${username}:${password}`).toBase64();
}

/** A text without secrets. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== "").reduce(
    (left, secret) => left.replaceAll(secret, "***"),
    text,
  );
}
