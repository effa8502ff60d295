/**
 * Where the host finds a value that does not stand in a spec.
 *
 * @module
 */

/** Where the host finds a value that is not written down in a spec. */
export type SecretSource =
  /** A variable of the host's environment. */
  | { readonly env: string }
  /** A file that the host can read, such as a mounted one; a newline at its end is not part of it. */
  | { readonly file: string };
