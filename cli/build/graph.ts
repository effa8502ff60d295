/**
 * The modules that a component is made of.
 *
 * @module
 */

import { z } from "zod";
import { runDeno } from "./deno.ts";
import { BuildError } from "./errors.ts";
import { ENTRY } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

const Target = z.object({ specifier: z.string().optional() }).optional();
const InfoSchema = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    local: z.string().nullish(),
    error: z.string().optional(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      code: Target,
      type: Target,
      npmPackage: z.string().optional(),
    })).default([]),
  })),
  redirects: z.record(z.string(), z.string()).default({}),
  npmPackages: z.record(z.string(), z.object({ dependencies: z.array(z.string()) })).default({}),
});

/** One module. */
export interface GraphModule {
  /** Its URL. */
  readonly specifier: string;
  /** The file that holds it; none for packages of npm. */
  readonly file?: string;
  /** What it imports: the name it uses, and the URL that it means. */
  readonly imports: readonly (readonly [name: string, target: string])[];
}

/** Every module, and every package of npm. */
export interface Graph {
  readonly modules: readonly GraphModule[];
  /** Such as `zod@4.6.7`, with what each depends on. */
  readonly packages: readonly (readonly [name: string, dependencies: readonly string[]])[];
}

/** Lists what the component's entry needs, the author's module with it. @throws {BuildError} */
export async function graphOf(work: WorkFolder): Promise<Graph> {
  const { success, stdout, stderr } = await runDeno(["info", "--json", ...work.flags, ENTRY], {
    cwd: work.path,
  });
  if (!success) throw new BuildError("troupe.SourceError", stderr);
  const { modules, npmPackages } = InfoSchema.parse(JSON.parse(stdout));
  return {
    modules: modules.map(({ specifier, local, dependencies }) => ({
      specifier,
      ...(typeof local === "string" ? { file: local } : {}),
      imports: dependencies.map(({ specifier, code, type, npmPackage }) => [
        specifier,
        npmPackage ?? code?.specifier ?? type?.specifier ?? "",
      ]),
    })),
    packages: Object.entries(npmPackages).map(([name, { dependencies }]) => [name, dependencies]),
  };
}
