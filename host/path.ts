/**
 * Paths into an envelope, as actors write them: `.route.next[:0]`, `.headers["any key"]`, `.route.prev[-1]`.
 *
 * @module
 */

import { TroupeError } from "./errors.ts";

/** One step of a path: a key, an index (negative counts from the end), or a slice (either side may be missing). */
export type Segment =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "slice"; readonly start?: number; readonly stop?: number };

/** A path that cannot be read. */
export class BadPathError extends TroupeError {
  constructor(path: string, offset: number, problem: string) {
    super(
      "troupe.BadPath",
      "user",
      `Bad path ${JSON.stringify(path.slice(0, 200))}: ${problem} at offset ${offset}`,
    );
  }
}

/** Longest path, in characters. */
const MAX_LENGTH = 4096;

const KEY = /\.([A-Za-z_][A-Za-z0-9_-]*)/y;
const QUOTED = /\["((?:[^"\\]|\\.)*)"\]/y;
const INDEX = /\[(-?\d{1,9})\]/y;
const SLICE = /\[(-?\d{1,9})?:(-?\d{1,9})?\]/y;

/**
 * Reads a path. Grammar: `.` alone is the whole envelope; else segments `.key`, `["any key"]` (a JSON string), `[int]`,
 * `[start:stop]`.
 *
 * @throws {BadPathError} when it is none, with the offset.
 *
 * @example
 * ```ts
 * import { parsePath } from "@troupe/host/path";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parsePath(".route.next[:0]"), [
 *   { kind: "key", key: "route" },
 *   { kind: "key", key: "next" },
 *   { kind: "slice", stop: 0 },
 * ]);
 * ```
 */
export function parsePath(path: string): Segment[] {
  if (path.length > MAX_LENGTH) {
    throw new BadPathError(path, MAX_LENGTH, `more than ${MAX_LENGTH} characters`);
  }
  if (path === ".") return [];
  const segments: Segment[] = [];
  // The first segment may be quoted: `.["headers"]`.
  let at = path.startsWith(".[") ? 1 : 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(path);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < path.length) {
    const start = at;
    let match: RegExpExecArray | null;
    if ((match = take(KEY))) segments.push({ kind: "key", key: match[1] as string });
    else if ((match = take(QUOTED))) {
      segments.push({ kind: "key", key: decodeKey(path, start, match[1] as string) });
    } else if ((match = take(INDEX))) segments.push({ kind: "index", index: Number(match[1]) });
    else if ((match = take(SLICE))) {
      segments.push({
        kind: "slice",
        ...(match[1] === undefined ? {} : { start: Number(match[1]) }),
        ...(match[2] === undefined ? {} : { stop: Number(match[2]) }),
      });
    } else throw new BadPathError(path, at, 'expected .key, ["key"], [index] or [start:stop]');
  }
  if (segments.length === 0) throw new BadPathError(path, 0, "it is empty");
  return segments;
}

function decodeKey(path: string, offset: number, quoted: string): string {
  try {
    return JSON.parse(`"${quoted}"`);
  } catch {
    throw new BadPathError(path, offset, "the key is not a JSON string");
  }
}
