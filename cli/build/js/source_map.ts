/**
 * Reads source maps (ECMA-426), as far as lines go.
 *
 * @module
 */

import { z } from "zod";

const SourceMapSchema = z.object({
  version: z.literal(3),
  sources: z.array(z.string()),
  mappings: z.string(),
});

/** Where a line of the output begins to be from a source. */
export interface LineOrigin {
  /** The line of the output, from 1. */
  readonly line: number;
  /** Index of the source. */
  readonly source: number;
  /** Line in the source, from 1. */
  readonly sourceLine: number;
}

/** Sources, and for each line of the output that has one, its first origin. */
export interface LineMap {
  readonly sources: readonly string[];
  readonly origins: readonly LineOrigin[];
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Reads a source map.
 *
 * @param text JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { origins } = readLineMap('{"version":3,"sources":["a.ts"],"mappings":"AACA;;AAEA"}');
 * assertEquals(origins, [{ line: 1, source: 0, sourceLine: 2 }, { line: 3, source: 0, sourceLine: 4 }]);
 * ```
 */
export function readLineMap(text: string): LineMap {
  const { sources, mappings } = SourceMapSchema.parse(JSON.parse(text));
  const origins: LineOrigin[] = [];
  let source = 0;
  let sourceLine = 0;
  for (const [index, segments] of mappings.split(";").entries()) {
    let first = true;
    for (const segment of segments.split(",")) {
      // A segment: column, then source, line and column there, each relative to the one before; a name may follow.
      const [, sourceStep, lineStep] = decode(segment);
      if (sourceStep === undefined || lineStep === undefined) continue;
      source += sourceStep;
      sourceLine += lineStep;
      if (first) origins.push({ line: index + 1, source, sourceLine: sourceLine + 1 });
      first = false;
    }
  }
  return { sources, origins };
}

/** Numbers in base 64, six bits a digit: the lowest bit of a number is its sign, the highest of a digit that one follows. */
function decode(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
