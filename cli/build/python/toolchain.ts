/**
 * What a build of an actor in Python is done with.
 *
 * @module
 */

import { join } from "@std/path";
import { toolchainMissing } from "../errors.ts";
import { sdkFolder } from "../sdk_folders.ts";
import { askVersion, findTool } from "../tool.ts";

/** The version whose components are known here: see `close_sockets.ts`. */
export const VERSION = "0.25.1";
/** The interpreter that it brings along. */
export const CPYTHON = "3.14";

/** The package `troupe`. */
export const PACKAGE: string = join(sdkFolder("python"), "src");
/** Packages of WASI of which the SDK calls something itself. */
export const WASI: string = join(sdkFolder("python"), "wit");

/**
 * Finds componentize-py.
 *
 * @returns Its path.
 * @throws {BuildError} `troupe.ToolchainMissing` when it is not there, or in another version.
 */
export async function findComponentize(): Promise<string> {
  const home = Deno.env.get("HOME");
  const path = await findTool("componentize-py", home === undefined ? [] : [join(home, ".local/bin")]);
  const version = path && (await askVersion(path, ["--version"], /^componentize-py (\S+)/) ?? "broken");
  if (path !== undefined && version === VERSION) return path;
  throw toolchainMissing("Python", {
    found: path === undefined ? "componentize-py is not on this machine" : `${path} is ${version}`,
    needs: `version ${VERSION} of componentize-py`,
    remedy: `install it with "python3 -m pip install componentize-py==${VERSION}"`,
  });
}
