/**
 * Where two JSON values differ.
 *
 * @module
 */

import { type ExactJson, isExactArray, isExactObject } from "./exact_json.ts";
import { type Ignored, intoIndex, intoKey, isIgnored } from "./ignore.ts";

/** One place where they differ. */
export interface Difference {
  /** Keys and indices that lead there. */
  readonly path: readonly (string | number)[];
  /** What should be there; undefined where nothing should. */
  readonly expected: ExactJson | undefined;
  /** What is there; undefined where nothing is. */
  readonly actual: ExactJson | undefined;
}

/**
 * Compares values as they are written, but for the order of keys and for white space.
 *
 * @param ignored Places where both need to have a value, and it may be any.
 *
 * @example
 * ```ts
 * import { parsePath } from "@troupe/host/path";
 * import { assertEquals } from "@std/assert";
 *
 * const before = { id: "7c1", words: [1, 2] };
 * const after = { words: [1, 3], id: "9f0" };
 * assertEquals(differencesOf(before, after, [parsePath(".id")]), [{ path: ["words", 1], expected: 2, actual: 3 }]);
 * ```
 */
export function differencesOf(
  expected: ExactJson,
  actual: ExactJson,
  ignored: Ignored = [],
): Difference[] {
  const found: Difference[] = [];
  compare({ expected, actual }, { path: [], ignored, found });
  return found;
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly ignored: Ignored;
  readonly found: Difference[];
}

type Both = Pick<Difference, "expected" | "actual">;

function compare({ expected, actual }: Both, { path, ignored, found }: Place): void {
  if (expected === undefined || actual === undefined) {
    found.push({ path, expected, actual });
  } else if (isIgnored(ignored)) {
    return;
  } else if (isExactArray(expected) && isExactArray(actual)) {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      const deeper = intoIndex(ignored, i, actual.length);
      compare({ expected: expected[i], actual: actual[i] }, { path: [...path, i], ignored: deeper, found });
    }
  } else if (isExactObject(expected) && isExactObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const both = { expected: memberOf(expected, key), actual: memberOf(actual, key) };
      compare(both, { path: [...path, key], ignored: intoKey(ignored, key), found });
    }
  } else if (JSON.stringify(expected) !== JSON.stringify(actual)) {
    found.push({ path, expected, actual });
  }
}

function memberOf(value: { readonly [key: string]: ExactJson }, key: string): ExactJson | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
