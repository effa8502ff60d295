/**
 * What a program imports: its own sources, and packages.
 *
 * @module
 */

import { fromFileUrl, join, relative } from "@std/path";
import { z } from "zod";
import { packageOf } from "./lock.ts";
import { ImageError } from "./image_error.ts";
import { run } from "./process.ts";

/** What the entries of a program import, by whatever way. */
export interface Graph {
  /** Paths from the root, in order. */
  readonly sources: readonly string[];
  /** Names, in order. */
  readonly packages: readonly string[];
}

const Info = z.object({
  modules: z.array(z.object({ specifier: z.string(), error: z.string().optional() })),
});

/**
 * Asks Deno.
 *
 * @param root The folder with `deno.json`.
 * @param entries Files, by their paths from there.
 * @throws {ImageError} when something that is imported is not there.
 */
export async function graphOf(root: string, entries: readonly string[]): Promise<Graph> {
  const sources = new Set<string>();
  const packages = new Set<string>();
  for (const entry of entries) {
    const info = await run([Deno.execPath(), "info", "--json", join(root, entry)], { cwd: root });
    for (const { specifier, error } of Info.parse(JSON.parse(info)).modules) {
      if (error !== undefined) throw new ImageError(`${entry} imports ${specifier}: ${error}`);
      const name = packageOf(specifier);
      if (name !== undefined) packages.add(name);
      else if (specifier.startsWith("file:")) sources.add(relative(root, fromFileUrl(specifier)));
      else if (!specifier.startsWith("node:")) throw new ImageError(`${entry} imports ${specifier}`);
    }
  }
  return { sources: [...sources].sort(), packages: [...packages].sort() };
}
