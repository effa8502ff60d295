/**
 * The `deno.json` that an author's folder is under.
 *
 * @module
 */

import { parse } from "@std/jsonc";
import { dirname, join, toFileUrl } from "@std/path";
import { z } from "zod";
import { BuildError } from "../errors.ts";
import { readTextIfThere } from "../files.ts";

const Names = z.record(z.string(), z.string());
const ConfigSchema = z.object({
  name: z.string().optional(),
  exports: z.union([z.string(), Names]).optional(),
  imports: Names.default({}),
  scopes: z.record(z.string(), Names).default({}),
  importMap: z.string().optional(),
  compilerOptions: z.record(z.string(), z.unknown()).default({}),
  workspace: z.union([
    z.array(z.string()),
    z.object({ members: z.array(z.string()).default([]) }).transform(({ members }) => members),
  ]).optional(),
});

/** What is used of a `deno.json`. */
export interface Config extends z.output<typeof ConfigSchema> {
  /** Its path. */
  readonly path: string;
}

const CONFIG_FILES = ["deno.json", "deno.jsonc"];

/** The configuration in a folder, if there is one. @throws {BuildError} when it cannot be read. */
export async function readConfig(folder: string): Promise<Config | undefined> {
  for (const name of CONFIG_FILES) {
    const path = join(folder, name);
    const text = await readTextIfThere(path);
    if (text !== undefined) return { ...parseFile(text, { path, schema: ConfigSchema }), path };
  }
  return undefined;
}

/** The nearest configuration, from a folder upwards. @throws {BuildError} when it cannot be read. */
export async function nearestConfig(folder: string): Promise<Config | undefined> {
  const config = await readConfig(folder);
  if (config || dirname(folder) === folder) return config;
  return await nearestConfig(dirname(folder));
}

/** Names as a configuration maps them, with relative targets made absolute. */
export interface NameMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly scopes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const MapSchema = ConfigSchema.pick({ imports: true, scopes: true });

/** The names that a configuration maps. @throws {BuildError} when its import map cannot be read. */
export async function namesOf(config: Config): Promise<NameMap> {
  if (config.importMap === undefined || URL.canParse(config.importMap)) return absolute(config, config.path);
  const path = join(dirname(config.path), config.importMap);
  return absolute(parseFile(await Deno.readTextFile(path), { path, schema: MapSchema }), path);
}

function absolute({ imports, scopes }: NameMap, path: string): NameMap {
  const base = toFileUrl(path);
  const resolve = (target: string) => /^\.{0,2}\//.test(target) ? new URL(target, base).href : target;
  const all = (names: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(names).map(([name, target]) => [name, resolve(target)]));
  return {
    imports: all(imports),
    scopes: Object.fromEntries(
      Object.entries(scopes).map(([scope, names]) => [new URL(scope, base).href, all(names)]),
    ),
  };
}

function parseFile<T>(
  text: string,
  { path, schema }: { readonly path: string; readonly schema: z.ZodType<T> },
): T {
  try {
    return schema.parse(parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new BuildError("troupe.SourceError", `${path} cannot be used: ${problem}`, { cause: error });
  }
}
