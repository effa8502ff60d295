/**
 * JSON as values, safe for keys such as `__proto__`: objects have no prototype, and edits copy instead of changing.
 *
 * @module
 */

import type { Json } from "./envelope.ts";
import type { Segment } from "./path.ts";

/** Why a path does not fit a value. */
export class PathMismatch extends Error {
  /** `range`: an index is outside of its array. `shape`: the value at that point cannot have such a part. */
  readonly reason: "range" | "shape";

  constructor(reason: "range" | "shape", message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Parses a JSON text into values whose objects have no prototype. @throws {SyntaxError} when it is none. */
export function parseJson(text: string): Json {
  return withoutPrototype(JSON.parse(text));
}

/** The same value with objects that have no prototype; recursive, so only for texts of bounded depth. */
export function withoutPrototype(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutPrototype);
  const bare: { [key: string]: Json } = Object.create(null);
  for (const [key, member] of Object.entries(value)) bare[key] = withoutPrototype(member);
  return bare;
}

/** The value at a path, or undefined where there is nothing. */
export function readAt(value: Json | undefined, path: readonly Segment[]): Json | undefined {
  for (const segment of path) {
    if (typeof value !== "object" || value === null) return undefined;
    if (segment.kind === "key") {
      value = !Array.isArray(value) && Object.hasOwn(value, segment.key) ? value[segment.key] : undefined;
    } else if (!Array.isArray(value)) return undefined;
    else if (segment.kind === "index") value = value.at(segment.index);
    else value = value.slice(segment.start ?? 0, segment.stop ?? value.length);
  }
  return value;
}

/**
 * The value with another one put at a path, making missing objects on the way; `undefined` removes what is there.
 *
 * @throws {PathMismatch} when the path does not fit.
 */
export function writeAt(
  value: Json | undefined,
  path: readonly Segment[],
  put: Json | undefined,
): Json | undefined {
  const [segment, ...rest] = path;
  if (!segment) return put;
  if (segment.kind === "key") {
    if (value === undefined) {
      if (put === undefined) return undefined;
      value = Object.create(null) as { [key: string]: Json };
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new PathMismatch("shape", `there is no key ${JSON.stringify(segment.key)} in ${kindOf(value)}`);
    }
    const member = writeAt(Object.hasOwn(value, segment.key) ? value[segment.key] : undefined, rest, put);
    const copy: { [key: string]: Json } = Object.assign(Object.create(null), value);
    if (member === undefined) delete copy[segment.key];
    else copy[segment.key] = member;
    return copy;
  }
  if (!Array.isArray(value)) throw new PathMismatch("shape", `there is no index in ${kindOf(value)}`);
  return segment.kind === "index"
    ? writeIndex(value, segment.index, { rest, put })
    : writeSlice(value, segment, { rest, put });
}

type Rest = { readonly rest: readonly Segment[]; readonly put: Json | undefined };

function writeIndex(array: Json[], index: number, { rest, put }: Rest): Json[] {
  const at = index < 0 ? array.length + index : index;
  if (at < 0 || at >= array.length) {
    throw new PathMismatch("range", `index ${index} is outside of an array of ${array.length}`);
  }
  const item = writeAt(array[at], rest, put);
  return item === undefined ? array.toSpliced(at, 1) : array.with(at, item);
}

function writeSlice(
  array: Json[],
  { start, stop }: Segment & { kind: "slice" },
  { rest, put }: Rest,
): Json[] {
  if (rest.length > 0) throw new PathMismatch("shape", "a slice can only be the last part of a path");
  if (put !== undefined && !Array.isArray(put)) {
    throw new PathMismatch("shape", "what replaces a slice has to be an array");
  }
  const from = clamp(start ?? 0, array.length);
  const to = Math.max(from, clamp(stop ?? array.length, array.length));
  return [...array.slice(0, from), ...(put ?? []), ...array.slice(to)];
}

function clamp(index: number, length: number): number {
  return Math.min(length, Math.max(0, index < 0 ? length + index : index));
}

function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
