/**
 * Lengths of time as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A length of time such as `250ms`, `30s`, `5m`, `2h` or `1d`, in milliseconds; undefined when the text is none.
 *
 * @example
 * ```ts
 * import { durationOf } from "@troupe/host/duration";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(durationOf("1.5m"), 90_000);
 * assertEquals(durationOf("soon"), undefined);
 * ```
 */
export function durationOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
