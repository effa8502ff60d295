/**
 * The name that somebody may have meant.
 *
 * @module
 */

/**
 * The nearest of some names to a mistyped one, by edit distance; undefined when none is near.
 *
 * @example
 * ```ts
 * import { nearest } from "@troupe/controller/nearest";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nearest("isolaton", ["limits", "isolation"]), "isolation");
 * assertEquals(nearest("zzz", ["limits", "isolation"]), undefined);
 * ```
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  // More than a third of it mistyped is another word.
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance, by the algorithm of Wagner and Fischer with one row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
