/**
 * What a component is made of, as one digest: when it is the same, there is nothing to be built.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import { dirname, fromFileUrl, relative } from "@std/path";
import { BUNDLE_FLAGS } from "./bundle.ts";
import { readIfThere } from "./files.ts";
import type { Graph } from "./graph.ts";
import { SDK_FOLDER, toolVersions, WIT_FILES } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 1;

/** What a digest is made of. */
export interface Inputs {
  readonly graph: Graph;
  readonly work: WorkFolder;
}

/**
 * The digest of all inputs: every module with what its imports mean, packages by their versions, the contract, the tools'
 * versions, the compiler's options. Where the files are makes no difference, as long as they are so to each other.
 *
 * @returns SHA-256, in hex.
 */
export async function digestInputs({ graph, work }: Inputs): Promise<string> {
  const nameOf = namer(dirname(work.source));
  const modules = await Promise.all(graph.modules.map(async ({ url, file, imports }) => [
    nameOf(url),
    file === undefined ? "" : await digestFile(file),
    ...imports.map(({ name, target }) => [name, nameOf(target)]),
  ]));
  const contract = await Promise.all(WIT_FILES.map(([, path]) => digestFile(path)));
  const inputs = {
    format: FORMAT,
    tools: await toolVersions(),
    options: [BUNDLE_FLAGS, work.authorOptions],
    modules: modules.sort(([a = ""], [b = ""]) => a < b ? -1 : 1),
    packages: Object.entries(graph.packages).sort(([a], [b]) => a < b ? -1 : 1),
    contract,
  };
  return await digestBytes(new TextEncoder().encode(JSON.stringify(inputs)));
}

/** Names that say where a module is as seen from the author's folder, or within the SDK. */
function namer(folder: string): (url: string) => string {
  return (url) => {
    if (!url.startsWith("file:")) return url;
    const path = fromFileUrl(url);
    return path.startsWith(`${SDK_FOLDER}/`) ? `sdk:${relative(SDK_FOLDER, path)}` : relative(folder, path);
  };
}

async function digestFile(path: string): Promise<string> {
  const bytes = await readIfThere(path);
  // What is missing is an input too: when it comes, the digest is another one.
  return bytes ? await digestBytes(bytes) : "missing";
}

/** SHA-256, in hex. */
export async function digestBytes(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes));
}
