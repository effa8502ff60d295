/**
 * Positions in a component's one bundled file, told as positions in the author's files.
 *
 * @module
 */

/** Which of the author's lines each line of the bundle came from. */
export interface LineTable {
  /** The author's files, as they are to be shown. */
  readonly files: readonly string[];
  /** Consecutive lines of the bundle: the first one's number (from 1), the file's index, and the author's line of each
   * (from 1; 0 where there is none). */
  readonly runs: readonly (readonly [first: number, file: number, lines: readonly number[]])[];
}

/** Where the build puts the table. */
export const LINE_TABLE = "__troupeLines";

/** A position as the engine writes it: file, line, column. */
const POSITION = /componentize-qjs:user\.js:(\d+)(?::\d+)?/g;

/**
 * Rewrites the positions in an engine's stack. What is not the author's is told as a position in the bundle.
 *
 * @example
 * ```ts
 * import { mapPositions } from "@troupe/sdk/runtime/lines";
 * import { assertEquals } from "@std/assert";
 *
 * const table = { files: ["actor.ts"], runs: [[10, 0, [3, 4]]] } as const;
 * assertEquals(mapPositions("at f (componentize-qjs:user.js:11:5)", table), "at f (actor.ts:4)");
 * ```
 */
export function mapPositions(text: string, table: LineTable | undefined): string {
  return text.replace(POSITION, (_, number: string) => {
    const line = Number(number);
    const run = table?.runs.find(([first, , lines]) => first <= line && line < first + lines.length);
    const found = run?.[2][line - run[0]] ?? 0;
    return run && found > 0 ? `${table?.files[run[1]]}:${found}` : `bundle:${line}`;
  });
}
