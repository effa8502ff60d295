/**
 * The modules that a component is made of.
 *
 * @module
 */

import { fromFileUrl, toFileUrl } from "@std/path";
import { z } from "zod";
import { runDeno } from "./deno.ts";
import { BuildError } from "../errors.ts";
import { SDK_FOLDER } from "./toolchain.ts";
import type { WorkFolder } from "./work_folder.ts";

const Target = z.object({
  specifier: z.string().optional(),
  span: z.object({ start: z.object({ line: z.number() }) }).optional(),
}).optional();

/** What is used of what `deno info --json` prints. */
const InfoSchema = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    local: z.string().nullish(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      code: Target,
      type: Target,
      npmPackage: z.string().optional(),
    })).default([]),
  })),
  npmPackages: z.record(z.string(), z.object({ dependencies: z.array(z.string()) })).default({}),
});

/** What a module imports. */
export interface GraphImport {
  /** The name that it uses. */
  readonly name: string;
  /** The URL, or the package, that is meant; empty when there is none. */
  readonly target: string;
  /** The URL of the code that is meant; none where only types are, or a package. */
  readonly code?: string;
  /** The line, from 1. */
  readonly line: number;
}

/** One module. */
export interface GraphModule {
  /** Its URL. */
  readonly url: string;
  /** The file that holds it; none for packages of npm. */
  readonly file?: string;
  /** Whether the author wrote it: it is a file, and none of Troupe's. */
  readonly authored: boolean;
  readonly imports: readonly GraphImport[];
}

/** Every module, and every package of npm. */
export interface Graph {
  readonly modules: readonly GraphModule[];
  /** Such as `zod@4.6.7`, with the packages that each depends on. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
}

/**
 * Lists what the component's entry needs, the author's module with it. A module that is not there, or cannot be parsed,
 * is no error here: the bundler says so better.
 *
 * @param entry Path of the entry.
 * @throws {BuildError} when there is no answer.
 */
export async function graphOf(work: WorkFolder, entry: string): Promise<Graph> {
  const { success, stdout, stderr } = await runDeno(["info", "--json", ...work.flags, entry], {
    cwd: work.path,
  });
  if (!success) throw new BuildError("troupe.BuildFailed", `The modules cannot be listed: ${stderr}`);
  const { modules, npmPackages } = InfoSchema.parse(JSON.parse(stdout));
  const own = `${toFileUrl(work.path).href}/`;
  return {
    modules: modules.map(({ specifier: url, local, dependencies }) => ({
      url,
      ...(typeof local === "string" ? { file: local } : {}),
      authored: isAuthored(url) && !url.startsWith(own),
      imports: dependencies.map(({ specifier, code, type, npmPackage }) => ({
        name: specifier,
        ...(code?.specifier === undefined ? {} : { code: code.specifier }),
        target: npmPackage ?? code?.specifier ?? type?.specifier ?? "",
        line: ((code ?? type)?.span?.start.line ?? 0) + 1,
      })),
    })),
    packages: Object.fromEntries(
      Object.entries(npmPackages).map(([name, { dependencies }]) => [name, dependencies]),
    ),
  };
}

function isAuthored(url: string): boolean {
  return url.startsWith("file:") && !fromFileUrl(url).startsWith(`${SDK_FOLDER}/`);
}

/** The author's modules that are code: paths. */
export function authoredCode({ modules }: Graph): string[] {
  return modules.flatMap(({ file, authored }) =>
    authored && file && /\.[cm]?[jt]sx?$/.test(file) ? [file] : []
  );
}
