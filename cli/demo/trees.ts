/**
 * Waits for what comes of single envelopes, by what the crew tells of each end.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import { type TreeEnds, treeEnds } from "../commands/tree_ends.ts";

/** Trees that are waited for. */
export class Trees {
  readonly #waits = new Map<string, () => void>();

  /** Something ended: to be called for every end that the crew records. */
  ended(root: string): void {
    this.#waits.get(root)?.();
  }

  /** Resolves when everything that comes of an envelope has ended; undefined when the signal comes before. */
  async complete(
    id: string,
    { store, signal }: { readonly store: Store; readonly signal: AbortSignal },
  ): Promise<TreeEnds | undefined> {
    try {
      while (!signal.aborted) {
        // Listens before it looks, so that no end falls between the two.
        const next = Promise.withResolvers<void>();
        this.#waits.set(id, next.resolve);
        signal.addEventListener("abort", () => next.resolve(), { once: true });
        const ends = await treeEnds(store, id);
        if (ends.complete) return ends;
        await next.promise;
      }
      return undefined;
    } finally {
      this.#waits.delete(id);
    }
  }
}
