/**
 * Waiting for everything that comes of what was sent.
 *
 * @module
 */

import type { Store } from "@troupe/host/crew/store";
import { type TreeEnds, treeEnds } from "../tree_ends.ts";

/** Trees that are looked at in one go; more would keep the ones behind them from being noticed. */
const BATCH = 200;
/** Shortest and longest pause between two looks, in milliseconds. */
const PAUSE_MS = { shortest: 20, longest: 250 };

/** What to wait with. */
export interface WaitOptions {
  readonly store: Store;
  /** How long, in milliseconds. */
  readonly timeoutMs: number;
  /** Called for each tree once it is complete, in the order in which they become so. */
  readonly onTree: (ends: TreeEnds) => Promise<void>;
}

/**
 * Waits until the trees of all these envelopes are complete, or the time runs out.
 *
 * @param ids Of the envelopes that were submitted; each is waited for once.
 * @returns The ids whose trees are not complete: none, unless the time ran out.
 */
export async function waitForTrees(ids: Iterable<string>, options: WaitOptions): Promise<string[]> {
  let waiting = [...new Set(ids)];
  const deadline = performance.now() + options.timeoutMs;
  let pause = PAUSE_MS.shortest;
  while (waiting.length > 0) {
    const looked = waiting.slice(0, BATCH);
    const incomplete: string[] = [];
    for (const id of looked) {
      const ends = await treeEnds(options.store, id);
      if (ends.complete) await options.onTree(ends);
      else incomplete.push(id);
    }
    // Those that were looked at go to the end, so that a slow tree does not hide the others.
    waiting = [...waiting.slice(BATCH), ...incomplete];
    const left = deadline - performance.now();
    if (waiting.length === 0 || left <= 0) break;
    const progress = incomplete.length < looked.length;
    pause = progress ? PAUSE_MS.shortest : Math.min(pause * 1.5, PAUSE_MS.longest);
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
  return waiting;
}
