/**
 * Tables of measurements, and the machine that they were made on.
 *
 * @module
 */

/** One line of a table: what was measured, how much, and of what. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** What the figure means or where the time goes, if that needs saying. */
  readonly note?: string;
}

/** Prints rows below a title, in columns. */
export function printTable(title: string, rows: readonly Row[]): void {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const valueWidth = Math.max(...rows.map(({ value }) => value.length));
  console.log(`\n${title}`);
  for (const { what, value, note } of rows) {
    console.log(`  ${what.padEnd(width)}  ${value.padStart(valueWidth)}${note ? `  ${note}` : ""}`);
  }
}

/** The machine, in one line. */
export function machine(): string {
  const { cpus, model } = processor();
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return `${cpus} × ${model}, ${memory} GiB, ${Deno.build.os} ${Deno.osRelease()}, ` +
    `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`;
}

function processor(): { cpus: number; model: string } {
  const cpus = navigator.hardwareConcurrency;
  if (Deno.build.os !== "linux") return { cpus, model: Deno.build.arch };
  const model = /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
  return { cpus, model: model ?? Deno.build.arch };
}

/** A rate, without decimals. */
export function perSecond(count: number, ms: number): string {
  return `${Math.round(count / ms * 1000)}/s`;
}

/** A quantile of measurements in milliseconds. */
export function quantile(measured: readonly number[], q: number): number {
  const sorted = measured.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** p50 and p99 of measurements in milliseconds. */
export function spread(measured: readonly number[]): string {
  return `${quantile(measured, 0.5).toFixed(2)} / ${quantile(measured, 0.99).toFixed(2)} ms`;
}
