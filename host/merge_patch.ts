/**
 * JSON merge patch (RFC 7396) on texts: what the patch does not name keeps its exact text.
 *
 * @module
 */

import { JsonTextError, type Member, scanMembers } from "./json_text.ts";

/**
 * The text of a value after a merge patch. Members of an object that the patch has are replaced or, where it has `null`,
 * removed; objects are merged; all else is replaced.
 *
 * @param target One JSON value.
 * @param patch One JSON value, nested to a bounded depth.
 *
 * @example
 * ```ts
 * import { mergePatch } from "@troupe/host/merge_patch";
 * import { assertEquals } from "@std/assert";
 *
 * const target = '{"n": 9007199254740993, "ok": null, "gone": 1}';
 * assertEquals(mergePatch(target, '{"ok": true, "gone": null}'), '{"n":9007199254740993,"ok":true}');
 * ```
 */
export function mergePatch(target: string, patch: string): string {
  const changes = membersOf(patch);
  if (!changes) return patch.trim();
  const members = membersOf(target) ?? [];
  // The last of several with one key is the one that counts, as for every parser.
  const latest = new Map(changes.map((change) => [change.key, change]));
  const last = new Map(members.map(({ key }, at) => [key, at]));
  const kept = members.flatMap((member, at): string[] => {
    const change = latest.get(member.key);
    if (!change) return [`${member.keyText}:${member.valueText}`];
    if (at !== last.get(member.key)) return [];
    return change.valueText === "null"
      ? []
      : [`${member.keyText}:${mergePatch(member.valueText, change.valueText)}`];
  });
  const added = [...latest.values()].filter(({ key, valueText }) => !last.has(key) && valueText !== "null")
    // What is added is a patch as well: it loses its nulls.
    .map(({ keyText, valueText }) => `${keyText}:${mergePatch("null", valueText)}`);
  return `{${[...kept, ...added].join(",")}}`;
}

/** The members of an object; undefined for any other value. */
export function membersOf(text: string): Member[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return scanMembers(text);
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}
