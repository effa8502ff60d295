/**
 * What a build of an actor in Python is done with.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { BuildError } from "../errors.ts";
import { findTool, runTool } from "../tool.ts";

/** The version whose components are known here: see `close_sockets.ts`. */
export const VERSION = "0.25.1";
/** The interpreter that it brings along. */
export const CPYTHON = "3.14";

const SDK = fromFileUrl(new URL("../../../sdk/", import.meta.url));
/** The package `troupe`. */
export const PACKAGE = join(SDK, "python/src");
/** Packages of WASI of which the SDK calls something itself. */
export const WASI = join(SDK, "python/wit");
/** The contract. */
export const CONTRACT = join(SDK, "wit");

/**
 * Finds componentize-py.
 *
 * @returns Its path.
 * @throws {BuildError} `troupe.ToolchainMissing` when it is not there, or in another version.
 */
export async function findComponentize(): Promise<string> {
  const home = Deno.env.get("HOME");
  const path = await findTool("componentize-py", home === undefined ? [] : [join(home, ".local/bin")]);
  const install = `install it with: python3 -m pip install componentize-py==${VERSION}`;
  if (path === undefined) {
    throw new BuildError(
      "troupe.ToolchainMissing",
      `Actors in Python are built with componentize-py, which is not on PATH: ${install}`,
    );
  }
  const version = await versionOf(path);
  if (version === VERSION) return path;
  throw new BuildError(
    "troupe.ToolchainMissing",
    `Actors in Python are built with componentize-py ${VERSION}, and ${path} is ${version}: ${install}`,
  );
}

async function versionOf(path: string): Promise<string> {
  const { success, stdout, stderr } = await runTool(path, ["--version"], { cwd: Deno.cwd() });
  return success ? stdout.trim().replace(/^componentize-py /, "") : `broken (${stderr.trim()})`;
}
