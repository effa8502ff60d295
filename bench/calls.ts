/**
 * What one call costs in a stage, by the way to the state in which it finds its instance.
 *
 * @module
 */

import type { BenchActors } from "./actors.ts";
import { measureCalls, type Way } from "./measured_calls.ts";
import { type Row, spread } from "./table.ts";

const CALLS = 1_000;
const WARM_UP = 100;

const WAYS: readonly (Way & { readonly note: string })[] = [
  {
    what: "fresh",
    isolation: "fresh",
    restore: true,
    note: "a used instance, put back to where it began while the host is busy elsewhere",
  },
  {
    what: "fresh, --no-restore",
    isolation: "fresh",
    restore: false,
    note: "a new instance for each call, made ahead while the host is busy elsewhere",
  },
  { what: "reuse", isolation: "reuse", restore: false, note: "the same instance again" },
];

/** Measures the ways beside each other. */
export async function benchCalls(actors: BenchActors, cacheDir: string): Promise<Row[]> {
  const measured = await measureCalls(actors.spec("noop", "fresh"), {
    ...{ ways: WAYS, cacheDir, calls: CALLS, warmUp: WARM_UP },
    payload: (n) => ({ n, text: "x".repeat(900) }),
  });
  return measured.map(({ way: { what, note }, measured }) => ({
    what: `JavaScript, ${what}`,
    value: spread(measured),
    note,
  }));
}
