/**
 * The author's modules, the libraries and the SDK's runtime become one script.
 *
 * @module
 */

import { LINE_TABLE, type LineTable } from "@troupe/sdk/runtime/lines";
import { dirname, join, relative, resolve, toFileUrl } from "@std/path";
import { runDeno } from "./deno.ts";
import { BuildError } from "../errors.ts";
import type { Graph } from "./graph.ts";
import type { Kit } from "./kit.ts";
import { lineTable } from "./line_table.ts";
import { readLineMap } from "./source_map.ts";
import type { WorkFolder } from "./work_folder.ts";

/** A script, and where its lines come from. */
export interface Script {
  readonly text: string;
  readonly lines: LineTable;
}

/** How the bundler is called. */
export const BUNDLE_FLAGS: readonly string[] = [
  "--quiet",
  "--platform=browser",
  "--sourcemap=external",
  // Two classes of one name would become two names, and an error's name is its type.
  "--keep-names",
  "--external=troupe:actor/*",
  "--external=wasi:*",
];

/**
 * Bundles; nothing is run. The same sources come to the same script, wherever they are.
 *
 * @throws {BuildError} with file and line, when the source cannot be bundled.
 */
export async function bundle(
  work: WorkFolder,
  { graph, kit }: { readonly graph: Graph; readonly kit: Kit },
): Promise<Script> {
  const output = join(work.path, "bundle.js");
  const { success, stderr } = await runDeno(
    ["bundle", ...BUNDLE_FLAGS, ...work.flags, `--output=${output}`, kit.entry],
    { cwd: work.path },
  );
  if (!success) throw new BuildError("troupe.SourceError", explain(stderr, work.path));
  const map = readLineMap(await Deno.readTextFile(`${output}.map`));
  const authored = new Set(graph.modules.filter((module) => module.authored).map(({ url }) => url));
  const lines = lineTable(map, {
    nameOf(source) {
      const path = resolve(work.path, source);
      return authored.has(toFileUrl(path).href) ? relative(dirname(work.source), path) : undefined;
    },
  });
  const text = withoutPaths(await Deno.readTextFile(output), map.sources);
  // The table comes last, so that it moves no line.
  return { text: `${text}globalThis.${LINE_TABLE} = ${JSON.stringify(lines)};\n`, lines };
}

/** What the bundler says, with paths that can be opened, and with advice for those who do not call it themselves. */
function explain(stderr: string, folder: string): string {
  return stderr
    .replaceAll(/^error: /gm, "")
    .replaceAll(/"(\.\.\/[^"]+)"/g, (_, path: string) => `"${resolve(folder, path)}"`)
    .replaceAll(
      /^ *note: You can mark the path "(.*?)" as external.*$/gm,
      (_, name: string) => `    Map ${JSON.stringify(name)} under "imports" of the nearest deno.json`,
    );
}

/**
 * Takes out the paths of this machine, which the bundler writes above each module and into the wrappers of some: a
 * component would carry them, and be another one elsewhere. No line moves.
 */
function withoutPaths(text: string, sources: readonly string[]): string {
  const numbers = new Map(sources.map((source, number) => [source, number]));
  return text.split("\n").map((line) => {
    if (line.startsWith("// ") && numbers.has(line.slice(3))) return "//";
    const wrapped = /^ {2}"([^"]+)"(\(.*)$/.exec(line);
    const number = numbers.get(wrapped?.[1] ?? "");
    return number === undefined ? line : `  "${number}"${wrapped?.[2]}`;
  }).join("\n");
}
