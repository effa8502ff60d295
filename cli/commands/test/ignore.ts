/**
 * Places in an emit where the values of two runs may differ, such as random ids and times.
 *
 * Written as actors write paths; a slice stands for every element in it, so that `.payload.items[:].id` is the `id` of
 * each item.
 *
 * @module
 */

import type { Segment } from "@troupe/host/path";
import { type ExactJson, isExactArray, isExactObject } from "./exact_json.ts";

/** What is left of the paths on the way down into a value: those that lead on from here. */
export type Ignored = readonly (readonly Segment[])[];

/** Whether the value that was come to may be anything. */
export function isIgnored(paths: Ignored): boolean {
  return paths.some((path) => path.length === 0);
}

/** The paths that lead on into a member of an object. */
export function intoKey(paths: Ignored, key: string): Ignored {
  return into(paths, (segment) => segment.kind === "key" && segment.key === key);
}

/** The paths that lead on into an element of an array of some length. */
export function intoIndex(paths: Ignored, index: number, length: number): Ignored {
  const from = (n: number) => n < 0 ? length + n : n;
  return into(paths, (segment) => {
    if (segment.kind === "index") return from(segment.index) === index;
    return segment.kind === "slice" && index >= from(segment.start ?? 0) &&
      index < from(segment.stop ?? length);
  });
}

function into(paths: Ignored, leads: (segment: Segment) => boolean): Ignored {
  return paths.flatMap(([first, ...rest]) => first && leads(first) ? [rest] : []);
}

/** What stands in a case where a value is ignored. */
export const IGNORED_MARK = "(ignored)";

/** The value with the mark at every place that is ignored. */
export function withMarks(value: ExactJson, paths: Ignored): ExactJson {
  if (paths.length === 0) return value;
  if (isIgnored(paths)) return IGNORED_MARK;
  if (isExactArray(value)) {
    return value.map((item, i) => withMarks(item, intoIndex(paths, i, value.length)));
  }
  if (!isExactObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withMarks(member, intoKey(paths, key))]),
  );
}

/**
 * A path as people write it.
 *
 * @param options `everyElement`: whether an index stands for all of them. @default false
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pathText(["payload", "a b", 2]), '.payload["a b"][2]');
 * assertEquals(pathText(["payload", 2, "id"], { everyElement: true }), ".payload[:].id");
 * ```
 */
export function pathText(
  parts: readonly (string | number)[],
  { everyElement = false }: { readonly everyElement?: boolean } = {},
): string {
  return parts.map((part, i) => {
    if (typeof part === "number") return everyElement ? "[:]" : `[${part}]`;
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) return `.${part}`;
    return `${i === 0 ? "." : ""}[${JSON.stringify(part)}]`;
  }).join("");
}
