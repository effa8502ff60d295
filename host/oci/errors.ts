/**
 * What can become of a question to a registry.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** A text that is no reference to an artifact. */
export class OciReferenceError extends TroupeError {
  constructor(text: string, problem: string) {
    super(
      "troupe.BadReference",
      "user",
      `${shown(text)} is no reference: ${problem}. Write REGISTRY/REPOSITORY:TAG or ` +
        "REGISTRY/REPOSITORY@sha256:DIGEST, such as registry.example.com/shop/split:v1",
    );
  }
}

/** Cut, and without a password that somebody put into it. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/^([^/@]*:)[^/@]*@/, "$1***@").slice(0, 200));
}

/** Credentials that cannot be read, or are kept where they are not looked for. */
export class RegistryCredentialsError extends TroupeError {
  constructor(message: string, options?: ErrorOptions) {
    super("troupe.RegistryCredentials", "user", message, options);
  }
}

/** What a {@linkcode RegistryError} is about. */
export type RegistryErrorCode =
  /** It cannot be reached, is in trouble, or is no registry. It may be otherwise in a minute. */
  | "troupe.RegistryUnreachable"
  /** It does not let whoever asks do this. */
  | "troupe.RegistryDenied"
  /** It does not take what is pushed. */
  | "troupe.RegistryRefused"
  /** It has no such artifact. */
  | "troupe.ArtifactNotFound"
  /** What the reference leads to is something else than one component. */
  | "troupe.NotAComponentArtifact"
  /** What it gives is not what the digest says. */
  | "troupe.DigestMismatch"
  /** It has more bytes than are accepted. */
  | "troupe.TooLarge";

/** A registry that did not do what was asked. */
export class RegistryError extends TroupeError {
  declare readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(code, code === "troupe.RegistryUnreachable" ? "system" : "user", message, options);
  }
}
