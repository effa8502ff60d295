/**
 * Listings of the store, page by page, so that their length does not matter.
 *
 * @module
 */

import type { DeadRecord, Page, ResultFilter, Store, StoredResult } from "@troupe/host/crew/store";

/** Every result that a filter lets through, oldest arrival first. */
export function allResults(
  store: Store,
  filter: Omit<ResultFilter, "limit" | "after"> = {},
): AsyncGenerator<StoredResult> {
  return pages((after) => store.results({ ...filter, ...after }));
}

/** Every dead envelope that a filter lets through, oldest first. */
export function allDead(
  store: Store,
  filter: { readonly id?: string; readonly root?: string } = {},
): AsyncGenerator<DeadRecord> {
  return pages((after) => store.dead({ ...filter, ...after }));
}

/** Everything in a listing, by what reads a page of it. */
export async function* pages<T>(
  read: (after: { readonly after?: number }) => Promise<Page<T>>,
): AsyncGenerator<T> {
  let cursor: { readonly after?: number } = {};
  for (;;) {
    const { items, next } = await read(cursor);
    yield* items;
    if (next === undefined) return;
    cursor = { after: next };
  }
}
