/**
 * The configuration and the lock file of the image: the project's own, without what the image does not need.
 *
 * Deno wants every package of its lock file to be there. The project's has what builds actors and what tests need too:
 * twice as much as the image has, and among it programs for the machine, which nothing that faces the network should carry.
 *
 * @module
 */

import { z } from "zod";
import { ImageError } from "./image_error.ts";

const Locked = z.looseObject({
  dependencies: z.array(z.string()).optional(),
  optionalDependencies: z.array(z.string()).optional(),
});

/** A lock file; of each package, what it needs. */
export const Lock = z.strictObject({
  version: z.literal("5"),
  specifiers: z.record(z.string(), z.string()),
  npm: z.record(z.string(), Locked),
  workspace: z.strictObject({ dependencies: z.array(z.string()) }),
});

/** A lock file, read. */
export type Lock = z.infer<typeof Lock>;

/** What of the project's configuration counts. */
export const Config = z.looseObject({ imports: z.record(z.string(), z.string()) });

/** What is needed. */
export interface Wanted {
  /** Packages by name: what they need in turn comes too. */
  readonly packages: readonly string[];
  /** Packages without what they need. */
  readonly readOnly: readonly string[];
  /** Members of the workspace. */
  readonly members: readonly string[];
}

/** The name of the package that something of it is imported by: `npm:pg@8.23.1/lib/x` is of `pg`. */
export function packageOf(specifier: string): string | undefined {
  return /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier)?.[1];
}

/** The configuration of the image. */
export function configFor({ imports }: z.infer<typeof Config>, wanted: Wanted) {
  const names = new Set([...wanted.packages, ...wanted.readOnly]);
  return {
    workspace: wanted.members.map((member) => `./${member}`),
    nodeModulesDir: "none",
    lock: { path: "./deno.lock", frozen: true },
    imports: Object.fromEntries(
      Object.entries(imports).filter(([, specifier]) => names.has(packageOf(specifier) ?? "")),
    ),
  };
}

/**
 * The lock file of the image.
 *
 * @throws {ImageError} when it does not say which version of a package another needs.
 *
 * @example
 * ```ts
 * import { lockFor } from "./lock.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = {
 *   version: "5" as const,
 *   specifiers: { "npm:a@1": "1.0.0", "npm:b@2": "2.0.0" },
 *   npm: { "a@1.0.0": { dependencies: ["c"] }, "b@2.0.0": {}, "c@3.0.0": {} },
 *   workspace: { dependencies: ["npm:a@1", "npm:b@2"] },
 * };
 * const { npm } = lockFor(lock, { packages: ["a"], readOnly: [], members: [] });
 * assertEquals(Object.keys(npm), ["a@1.0.0", "c@3.0.0"]);
 * ```
 */
export function lockFor(lock: Lock, wanted: Wanted): Lock {
  const names = new Set([...wanted.packages, ...wanted.readOnly]);
  const isWanted = (specifier: string) => names.has(packageOf(specifier) ?? "");
  const specifiers = Object.entries(lock.specifiers).filter(([specifier]) => isWanted(specifier));
  const kept = new Map<string, Lock["npm"][string]>();
  const visit = (key: string) => {
    if (kept.has(key)) return;
    const { dependencies = [], optionalDependencies = [], ...facts } = lock.npm[key] ?? {};
    if (wanted.readOnly.includes(nameOf(key))) return void kept.set(key, facts);
    kept.set(key, lock.npm[key] ?? {});
    for (const needed of [...dependencies, ...optionalDependencies]) visit(keyOf(needed, lock));
  };
  for (const [specifier, version] of specifiers) visit(`${packageOf(specifier)}@${version}`);
  return {
    version: lock.version,
    specifiers: Object.fromEntries(specifiers),
    npm: Object.fromEntries([...kept].sort(([a], [b]) => a < b ? -1 : 1)),
    workspace: { dependencies: lock.workspace.dependencies.filter(isWanted) },
  };
}

/** `@a/b@1.2.3_peer@4` is of `@a/b`. */
function nameOf(key: string): string {
  return key.slice(0, key.indexOf("@", 1));
}

/** Where Deno keeps a package of a lock file, below the folder of its registry. */
export function packageFolder(key: string): string {
  const name = nameOf(key);
  return `${name}/${key.slice(name.length + 1).replace(/_.*$/, "")}`;
}

/** Which one is meant: a name alone where there is one version of it only. */
function keyOf(needed: string, { npm }: Lock): string {
  if (npm[needed]) return needed;
  const fit = Object.keys(npm).filter((each) => nameOf(each) === needed);
  const [key] = fit;
  if (key === undefined || fit.length > 1) {
    throw new ImageError(`deno.lock does not say which ${needed} is meant: ${fit.length} fit`);
  }
  return key;
}
