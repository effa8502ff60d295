/**
 * What a module's `go.mod` says.
 *
 * @module
 */

import { isAbsolute, join } from "@std/path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { runTool } from "../tool.ts";
import { ENVIRONMENT, type Toolchain } from "./toolchain.ts";

/** A module on this machine that takes the place of a published one. */
export interface LocalModule {
  readonly path: string;
  readonly folder: string;
}

/** The parts of a `go.mod` that a build has to know. */
export interface GoModule {
  /** Versions of the modules that it requires. */
  readonly requires: Readonly<Record<string, string>>;
  readonly local: readonly LocalModule[];
}

const GoMod = z.object({
  Require: z.array(z.object({ Path: z.string(), Version: z.string() })).nullish(),
  Replace: z.array(z.object({
    Old: z.object({ Path: z.string() }),
    New: z.object({ Path: z.string(), Version: z.string().optional() }),
  })).nullish(),
});

/** Reads it. @throws {BuildError} `troupe.SourceError` when it is none. */
export async function readModule({ go }: Toolchain, folder: string): Promise<GoModule> {
  const { success, stdout, stderr } = await runTool(go, ["mod", "edit", "-json"], {
    cwd: folder,
    env: { ...ENVIRONMENT, GOWORK: "off" },
  });
  if (!success) {
    throw new BuildError("troupe.SourceError", `${join(folder, "go.mod")} cannot be read: ${stderr.trim()}`);
  }
  const { Require, Replace } = GoMod.parse(JSON.parse(stdout));
  const local = (Replace ?? []).filter(({ New }) => New.Version === undefined).map(({ Old, New }) => ({
    path: Old.Path,
    folder: isAbsolute(New.Path) ? New.Path : join(folder, New.Path),
  }));
  const replaced = new Set(local.map(({ path }) => path));
  const requires = (Require ?? []).filter(({ Path }) => !replaced.has(Path));
  return { requires: Object.fromEntries(requires.map(({ Path, Version }) => [Path, Version])), local };
}
