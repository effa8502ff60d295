/**
 * Waits for what comes of single envelopes, by what the crew tells of each end.
 *
 * @module
 */

import { type TreeEnds, treeEnds } from "../commands/tree_ends.ts";
import { untilIdle } from "../commands/up/idle.ts";
import type { Store } from "@troupe/host/crew/store";
import type { Mesh } from "../mesh/mesh.ts";

/** What to wait with. */
export interface WaitOptions {
  readonly mesh: Pick<Mesh, "isIdle" | "idleLooks"> & { readonly store: Store };
  readonly signal: AbortSignal;
}

/** Trees that are waited for. */
export class Trees {
  readonly #waits = new Map<string, () => void>();

  /** Something ended: to be called for every end that the crew records. */
  ended(root: string): void {
    this.#waits.get(root)?.();
  }

  /**
   * Resolves when everything that comes of an envelope has ended, or with what there is when the mesh has nothing left
   * to do; undefined when the signal comes before.
   */
  async ends(id: string, { mesh, signal }: WaitOptions): Promise<TreeEnds | undefined> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const idle = untilIdle(mesh, either).finally(() => over.abort());
    // It is waited for below; until then it is not to count as unhandled.
    idle.catch(() => {});
    try {
      while (!either.aborted) {
        // Listens before it looks, so that no end falls between the two.
        const next = Promise.withResolvers<void>();
        this.#waits.set(id, next.resolve);
        either.addEventListener("abort", () => next.resolve(), { once: true });
        const ends = await treeEnds(mesh.store, id);
        if (ends.complete) return ends;
        if (!either.aborted) await next.promise;
      }
    } finally {
      this.#waits.delete(id);
      over.abort();
      await idle;
    }
    return signal.aborted ? undefined : await treeEnds(mesh.store, id);
  }
}
