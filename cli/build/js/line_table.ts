/**
 * The table by which a component tells positions in its one script as positions in the author's files.
 *
 * @module
 */

import type { LineTable } from "@troupe/sdk/runtime/lines";
import type { LineMap } from "./source_map.ts";

/**
 * Makes the table. Only the author's files are in it: a library's would cost memory in every instance.
 *
 * @param map Where the script's lines come from.
 * @param options `nameOf`: the name by which a source is to be shown; undefined for what is not the author's.
 */
export function lineTable(
  { sources, origins }: LineMap,
  { nameOf }: { readonly nameOf: (source: string) => string | undefined },
): LineTable {
  const files: string[] = [];
  const numbers = sources.map((source) => {
    const name = nameOf(source);
    return name === undefined ? undefined : files.push(name) - 1;
  });
  const runs: [first: number, file: number, lines: number[]][] = [];
  for (const { line, source, sourceLine } of origins) {
    const file = numbers[source];
    if (file === undefined) continue;
    const run = runs.at(-1);
    const gap = run ? line - run[0] - run[2].length : 0;
    if (!run || run[1] !== file || gap > MOST_GAP) runs.push([line, file, [sourceLine]]);
    else run[2].push(...Array<number>(gap).fill(0), sourceLine);
  }
  return { files, runs };
}

/** Lines without an origin that do not end a run: fewer digits than a new one. */
const MOST_GAP = 4;
