/**
 * The folder in which a build is done: what names mean, and which versions count, as files that Deno's tools read.
 *
 * @module
 */

import { dirname, join, toFileUrl } from "@std/path";
import { namesOf, readConfig } from "./config.ts";
import { isFile } from "../files.ts";
import { type TemporaryFolder, temporaryFolder, type TemporaryFolderOptions } from "../temporary_folder.ts";
import { SDK_FOLDER, SURROUNDINGS, TREE_CONFIG, TREE_LOCK, URL_PACKAGE, WIT_FILES } from "./toolchain.ts";
import { exportsOf, findWorkspace, type Workspace } from "./workspace.ts";

const LINT_PLUGIN = new URL("./lint/plugin.ts", import.meta.url).href;

/** A folder of work, which is gone when it goes out of scope (`await using`). */
export interface WorkFolder extends TemporaryFolder {
  /** Arguments by which Deno's tools use its configuration, for those that know no lock file. */
  readonly configFlags: readonly string[];
  /** Arguments by which Deno's tools use its configuration and its lock file. */
  readonly flags: readonly string[];
  /** Folder with the contract. */
  readonly wit: string;
  /** The author's module, by its real path. */
  readonly source: string;
  /** The compiler's options that the author chose. */
  readonly authorOptions: Readonly<Record<string, unknown>>;
}

/**
 * Makes the folder. Names mean what the author's nearest `deno.json` says; beside it there are the SDK and `zod`.
 *
 * @param sourceFile The author's module.
 * @throws {BuildError} when the author's configuration cannot be read.
 */
export async function makeWorkFolder(
  sourceFile: string,
  options: TemporaryFolderOptions = {},
): Promise<WorkFolder> {
  // Deno's tools tell of files by their real paths.
  const source = await Deno.realPath(sourceFile);
  const workspace = await findWorkspace(dirname(source));
  await using resources = new AsyncDisposableStack();
  const { path } = resources.use(await temporaryFolder(options));
  const authorOptions = Object.assign({}, ...workspace.configs.map((config) => config.compilerOptions));
  const config = {
    ...await allNames(workspace, source),
    // No other environment's names are there.
    compilerOptions: { ...authorOptions, lib: ["esnext"], types: [SURROUNDINGS] },
    lint: {
      rules: { tags: [], include: ["troupe/absent-global", "troupe/need"] },
      plugins: [LINT_PLUGIN],
    },
    nodeModulesDir: "none",
  };
  await Deno.writeTextFile(join(path, "deno.json"), JSON.stringify(config, null, 2));
  // A copy, which the tools may add to.
  await Deno.writeTextFile(join(path, "deno.lock"), await Deno.readTextFile(await findLock(workspace)));
  const wit = join(path, "wit");
  for (const [place, file] of WIT_FILES) {
    await Deno.mkdir(dirname(join(wit, place)), { recursive: true });
    await Deno.copyFile(file, join(wit, place));
  }
  const configFlags = ["--config", join(path, "deno.json")];
  const flags = [...configFlags, "--lock", join(path, "deno.lock")];
  const kept = resources.move();
  const dispose = () => kept.disposeAsync();
  return { path, configFlags, flags, wit, source, authorOptions, [Symbol.asyncDispose]: dispose };
}

async function allNames({ configs, packages }: Workspace, source: string) {
  const maps = await Promise.all(configs.map(namesOf));
  const own = await Promise.all([readConfig(dirname(TREE_CONFIG)), readConfig(SDK_FOLDER)]);
  const [tree, sdk] = own;
  return {
    imports: {
      ...(tree ? { zod: tree.imports.zod } : {}),
      ...packages,
      ...Object.assign({}, ...maps.map(({ imports }) => imports)),
      ...(sdk ? exportsOf(sdk) : {}),
      "troupe:author": toFileUrl(source).href,
      "#runtime/": `${toFileUrl(SDK_FOLDER).href}/runtime/`,
    },
    scopes: {
      ...Object.assign({}, ...maps.map(({ scopes }) => scopes)),
      ...(tree ? { [`${toFileUrl(SDK_FOLDER).href}/`]: { [URL_PACKAGE]: tree.imports[URL_PACKAGE] } } : {}),
    },
  };
}

/** The author's lock file; where there is none, Troupe's own says which `zod` is meant. */
async function findLock({ configs: [root] }: Workspace): Promise<string> {
  const path = root && join(dirname(root.path), "deno.lock");
  return path && await isFile(path) ? path : TREE_LOCK;
}
