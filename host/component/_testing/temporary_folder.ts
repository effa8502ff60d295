/**
 * Folders that are gone when their test ends.
 *
 * @module
 */

/** A new folder, removed when it goes out of scope (`await using`). */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "troupe-component-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
