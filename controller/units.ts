/**
 * Sizes and times as people write them.
 *
 * @module
 */

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/**
 * Bytes of a size such as `128Mi`, `1.5Gi`, `64k` or `1000`: the quantities of Kubernetes, up to giga.
 *
 * @returns undefined when the text is no size, or no whole number of bytes.
 *
 * @example
 * ```ts
 * import { bytesOf } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(bytesOf("64Ki"), 65536);
 * assertEquals(bytesOf("64 kilobytes"), undefined);
 * ```
 */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,6})?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (number === undefined || factor === undefined) return undefined;
  const bytes = Number(number) * factor;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Milliseconds of a time such as `30s`, `500ms`, `1m30s` or `1.5h`: the durations of Go, from milliseconds to hours.
 *
 * @returns undefined when the text is no time, or no whole number of milliseconds.
 *
 * @example
 * ```ts
 * import { millisecondsOf } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(millisecondsOf("1m30s"), 90_000);
 * assertEquals(millisecondsOf("30"), undefined);
 * ```
 */
export function millisecondsOf(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,6})?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(number) * (TIMES[unit as string] as number);
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

const PERIODS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A rate such as `100/m`: so many in a second, a minute, an hour or a day.
 *
 * @returns undefined when the text is none.
 *
 * @example
 * ```ts
 * import { rateOf } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rateOf("100/m"), { count: 100, perMs: 60_000 });
 * assertEquals(rateOf("0/s"), undefined);
 * ```
 */
export function rateOf(text: string): { readonly count: number; readonly perMs: number } | undefined {
  const [, number, unit] = /^(\d{1,9})\/([smhd])$/.exec(text) ?? [];
  const count = Number(number);
  const perMs = PERIODS[unit ?? ""];
  return count >= 1 && perMs !== undefined ? { count, perMs } : undefined;
}

const BINARY: readonly (readonly [unit: string, bytes: number])[] = [
  ["Gi", 1024 ** 3],
  ["Mi", 1024 ** 2],
  ["Ki", 1024],
];

/**
 * A size as people write it: the inverse of {@linkcode bytesOf}, with the largest unit that needs no fraction.
 *
 * @example
 * ```ts
 * import { sizeText } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeText(134_217_728), "128Mi");
 * assertEquals(sizeText(1000), "1000");
 * ```
 */
export function sizeText(bytes: number): string {
  const [unit, factor] = BINARY.find(([, factor]) => bytes >= factor && bytes % factor === 0) ?? ["", 1];
  return `${bytes / factor}${unit}`;
}

/**
 * A time as people write it: the inverse of {@linkcode millisecondsOf}.
 *
 * @example
 * ```ts
 * import { timeText } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(timeText(90_000), "1m30s");
 * assertEquals(timeText(0), "0s");
 * ```
 */
export function timeText(milliseconds: number): string {
  let left = milliseconds;
  const parts = Object.entries(TIMES).sort(([, a], [, b]) => b - a).map(([unit, factor]) => {
    const count = Math.floor(left / factor);
    left -= count * factor;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

const SCALES: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3 },
  ...UNITS,
  ...{ T: 1e12, P: 1e15, E: 1e18, Ti: 1024 ** 4, Pi: 1024 ** 5, Ei: 1024 ** 6 },
};

/**
 * The number that a quantity of Kubernetes stands for, such as `500m` of a processor or `1Gi` of memory. It is as exact as
 * numbers of JavaScript are, so it can be compared and not always be written again.
 *
 * @returns undefined when the text is none, or is negative.
 *
 * @example
 * ```ts
 * import { quantityOf } from "@troupe/controller/units";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quantityOf("500m"), 0.5);
 * assertEquals(quantityOf("half"), undefined);
 * ```
 */
export function quantityOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,18}(?:\.\d{1,9})?)([A-Za-z]{0,2})$/.exec(text) ?? [];
  const scale = Object.hasOwn(SCALES, unit) ? SCALES[unit] : undefined;
  return number === undefined || scale === undefined ? undefined : Number(number) * scale;
}
