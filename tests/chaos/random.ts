/**
 * Chance that can be repeated: a run prints its seed, and the seed brings the run back.
 *
 * @module
 */

/** A generator of numbers in [0, 1) from a seed (mulberry32, by Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The seed of this run: `TROUPE_SEED`, or a new one. */
export function chooseSeed(): number {
  const given = Deno.env.get("TROUPE_SEED");
  return given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 : Number(given);
}

/** Each thing as often as is said, in an order by chance. */
export function shuffled<T extends string>(
  times: Readonly<Partial<Record<T, number>>>,
  random: () => number,
): T[] {
  return Object.entries<number | undefined>(times)
    .flatMap(([thing, often = 0]) => Array.from({ length: often }, () => thing as T))
    .map((thing) => ({ thing, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
}
