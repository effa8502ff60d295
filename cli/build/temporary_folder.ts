/**
 * Folders in which a build is done.
 *
 * @module
 */

/** A folder that is gone when it goes out of scope (`await using`). */
export interface TemporaryFolder extends AsyncDisposable {
  /** Its real path: that is the one by which tools tell of files. */
  readonly path: string;
}

/** Options of {@linkcode temporaryFolder}. */
export interface TemporaryFolderOptions {
  /** Where to make it. @default the system's folder for temporary files */
  readonly dir?: string;
}

/** Makes one. */
export async function temporaryFolder({ dir }: TemporaryFolderOptions = {}): Promise<TemporaryFolder> {
  const made = await Deno.makeTempDir({ prefix: "troupe-build-", ...(dir === undefined ? {} : { dir }) });
  const path = await Deno.realPath(made);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
