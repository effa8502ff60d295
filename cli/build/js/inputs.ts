/**
 * What a component is made of, as one digest: when it is the same, there is nothing to be built.
 *
 * @module
 */

import { basename, dirname, fromFileUrl, relative } from "@std/path";
import { digestFile, digestJson } from "../digest.ts";
import { BUNDLE_FLAGS } from "./bundle.ts";
import type { Graph } from "./graph.ts";
import { runtimeFiles, SDK_FOLDER, toolVersions, WIT_FILES } from "./toolchain.ts";
import { entryText } from "./kit.ts";
import { ALL_NEEDS } from "./needs.ts";
import type { WorkFolder } from "./work_folder.ts";

/** Raised when the build makes something else of the same inputs. */
const FORMAT = 2;

/** What a digest is made of. */
export interface Inputs {
  readonly graph: Graph;
  readonly work: WorkFolder;
}

/**
 * The digest of all inputs: every module with what its imports mean, packages by their versions, what the SDK may put in,
 * the contract, the tools' versions, the compiler's options. What the modules need follows from them. Where the files are makes no difference, as long as they are so to each other.
 *
 * @returns SHA-256, in hex.
 */
export async function digestInputs({ graph, work }: Inputs): Promise<string> {
  const nameOf = namer(dirname(work.source), work.path);
  const modules = await Promise.all(graph.modules.map(async ({ url, file, imports }) => [
    nameOf(url),
    file === undefined ? "" : await digestFile(file),
    ...imports.map(({ name, target }) => [name, nameOf(target)]),
  ]));
  const runtime = await Promise.all(
    (await runtimeFiles()).map(async (path) => [basename(path), await digestFile(path)]),
  );
  const contract = await Promise.all(WIT_FILES.map(([, path]) => digestFile(path)));
  const inputs = {
    format: FORMAT,
    tools: await toolVersions(),
    options: [BUNDLE_FLAGS, work.authorOptions],
    modules: modules.sort(([a = ""], [b = ""]) => a < b ? -1 : 1),
    packages: Object.entries(graph.packages).sort(([a], [b]) => a < b ? -1 : 1),
    runtime: [entryText(ALL_NEEDS), ...runtime],
    contract,
  };
  return await digestJson(inputs);
}

/** Names that say where a module is as seen from the author's folder, or within the SDK. */
function namer(folder: string, workFolder: string): (url: string) => string {
  return (url) => {
    if (!url.startsWith("file:")) return url;
    const path = fromFileUrl(url);
    if (path.startsWith(`${workFolder}/`)) return `work:${relative(workFolder, path)}`;
    return path.startsWith(`${SDK_FOLDER}/`) ? `sdk:${relative(SDK_FOLDER, path)}` : relative(folder, path);
  };
}
