/**
 * What cargo says of an author's package: the packages that it is made of.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { z } from "zod";
import { digestFile } from "../digest.ts";
import { BuildError, cannotCompile } from "../errors.ts";
import { digestFolder } from "../folder_digest.ts";
import { runTool } from "../tool.ts";
import { TARGET, type Toolchain } from "./toolchain.ts";

const Metadata = z.object({
  packages: z.array(z.object({
    name: z.string(),
    version: z.string(),
    /** None for those that are folders of this machine. */
    source: z.string().nullable(),
    manifest_path: z.string(),
  })),
  workspace_root: z.string(),
});

/** A package that is a folder of this machine: the author's own, the SDK, and what else has a `path`. */
export interface LocalPackage {
  readonly name: string;
  readonly folder: string;
}

/** An author's package. */
export interface CargoPackage {
  /** The author's folder. */
  readonly folder: string;
  /** Where its `Cargo.lock` is: the folder, or that of a workspace around it. */
  readonly root: string;
  readonly local: readonly LocalPackage[];
  /** Versions of those from a registry, by `crate:NAME`; those of one with several versions in one text. */
  readonly crates: Readonly<Record<string, string>>;
}

/**
 * Reads it. What is not there yet of a registry's packages is fetched, and a `Cargo.lock` is written where there is none.
 *
 * @throws {BuildError} `troupe.SourceError`, in the words of cargo.
 */
export async function readPackage({ cargo }: Toolchain, folder: string): Promise<CargoPackage> {
  const args = ["metadata", "--quiet", "--format-version=1", `--filter-platform=${TARGET}`];
  const { success, stdout, stderr } = await runTool(cargo, args, { cwd: folder });
  if (!success) throw cargoError(folder, stderr);
  const { packages, workspace_root } = Metadata.parse(JSON.parse(stdout));
  const crates: Record<string, string> = {};
  for (const { name, version, source } of packages) {
    if (source === null) continue;
    const key = `crate:${name}`;
    crates[key] = crates[key] === undefined ? version : `${crates[key]}, ${version}`;
  }
  const local = packages.filter(({ source }) => source === null);
  return {
    folder,
    root: workspace_root,
    local: local.map(({ name, manifest_path }) => ({ name, folder: dirname(manifest_path) })),
    crates,
  };
}

/**
 * Digests of everything of it that is on this machine. Those of a registry's packages stand in the `Cargo.lock`.
 */
export async function digestPackage({ folder, root, local }: CargoPackage): Promise<unknown> {
  const configs = [join(folder, ".cargo/config.toml"), join(root, ".cargo/config.toml")];
  return await Promise.all([
    ...local.map(async ({ name, folder }) => [name, await digestFolder(folder)] as const),
    ...["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"].map((name) => digestFile(join(root, name))),
    ...configs.map(digestFile),
  ]);
}

/** What kept cargo from its work. */
export function cargoError(folder: string, stderr: string): BuildError {
  const said = stderr.trim();
  // What has to do with a registry is not the source's fault.
  if (/^error: failed to (download|get|query|fetch|load source)|^\s*(spurious )?network/im.test(said)) {
    return new BuildError("troupe.BuildFailed", `cargo cannot get what ${folder} depends on:\n${said}`);
  }
  return cannotCompile(folder, said);
}
