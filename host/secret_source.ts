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

/** Gives what is in a source; undefined when there is nothing. */
export type ReadSecret = (source: SecretSource) => Promise<string | undefined>;

/**
 * Reads environment and files of this process.
 *
 * @throws what the system says of a file that is there and cannot be read.
 */
export const readSecret: ReadSecret = async (source) => {
  if ("env" in source) return Deno.env.get(source.env);
  try {
    return (await Deno.readTextFile(source.file)).replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
};
