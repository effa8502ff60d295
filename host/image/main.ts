/**
 * Makes the file tree of the image in a folder: what `docker build -f host/Dockerfile .` does in a container.
 *
 * ```sh
 * deno run -A host/image/main.ts assemble FOLDER
 * ```
 *
 * @module
 */

import { assemble } from "./assemble.ts";
import { ImageError } from "./image_error.ts";

const USAGE = "deno run -A host/image/main.ts assemble FOLDER";

if (import.meta.main) {
  const [command, folder, ...others] = Deno.args;
  if (command !== "assemble" || !folder || others.length > 0) {
    console.error(`Makes the file tree of the image in a folder:\n\n  ${USAGE}`);
    Deno.exit(2);
  }
  try {
    await assemble(folder);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    Deno.exitCode = 1;
  }
}
