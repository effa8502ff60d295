/**
 * Workspaces: several `deno.json` that know each other's packages by name.
 *
 * @module
 */

import { dirname, join, relative, resolve, toFileUrl } from "@std/path";
import { type Config, nearestConfig, readConfig } from "./config.ts";

/** The configurations that count in a folder. */
export interface Workspace {
  /** The nearest, and the root of its workspace when that is another; the latter first. */
  readonly configs: readonly Config[];
  /** The packages of the workspace, by the names that they are imported by. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Finds the configurations that count in a folder. @throws {BuildError} when one cannot be read. */
export async function findWorkspace(folder: string): Promise<Workspace> {
  const nearest = await nearestConfig(folder);
  if (!nearest) return { configs: [], packages: {} };
  for (let at = dirname(nearest.path);; at = dirname(at)) {
    const root = await readConfig(at);
    const members = root?.workspace ? await memberFolders(root) : [];
    if (root && (at === dirname(nearest.path) ? root.workspace : members.includes(dirname(nearest.path)))) {
      return {
        configs: root.path === nearest.path ? [nearest] : [root, nearest],
        packages: await packagesOf(members),
      };
    }
    if (dirname(at) === at) return { configs: [nearest], packages: {} };
  }
}

async function memberFolders({ path, workspace = [] }: Config): Promise<string[]> {
  const found: string[] = [];
  for (const member of workspace) {
    const folder = resolve(dirname(path), member);
    if (!member.endsWith("/*")) found.push(folder);
    else {
      for await (const { name, isDirectory } of Deno.readDir(dirname(folder))) {
        if (isDirectory) found.push(join(dirname(folder), name));
      }
    }
  }
  return found;
}

async function packagesOf(folders: readonly string[]): Promise<Record<string, string>> {
  const packages: Record<string, string> = {};
  for (const folder of folders) {
    const config = await readConfig(folder);
    if (config) Object.assign(packages, exportsOf(config));
  }
  return packages;
}

/** What a package exports, by the names that it is imported by. */
export function exportsOf({ name, exports = {}, path }: Config): Record<string, string> {
  if (name === undefined) return {};
  const entries = typeof exports === "string" ? { ".": exports } : exports;
  return Object.fromEntries(
    Object.entries(entries).map(([key, target]) => [
      key === "." ? name : `${name}/${relative(".", key)}`,
      new URL(target, toFileUrl(path)).href,
    ]),
  );
}
