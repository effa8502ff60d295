/**
 * Sizes and times as people write them.
 *
 * @module
 */

const SIZES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

const TIMES: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };

/** Bytes of `128Mi`, `64Ki`, `1G` or a plain number; undefined when it is none. */
export function bytesOf(value: string | number): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(k|M|G|Ki|Mi|Gi)?$/.exec(String(value)) ?? [];
  const size = SIZES[unit ?? ""];
  return amount === undefined || size === undefined ? undefined : Math.round(Number(amount) * size);
}

/** Milliseconds of `500ms`, `30s`, `2m`, `1h`; undefined when it is none. A number needs its unit. */
export function millisecondsOf(value: string | number): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(value)) ?? [];
  const time = TIMES[unit ?? ""];
  return amount === undefined || time === undefined ? undefined : Math.round(Number(amount) * time);
}
