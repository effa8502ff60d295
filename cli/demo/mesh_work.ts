/**
 * Work on a mesh that a person can interrupt.
 *
 * @module
 */

import { type Interruption, untilAborted } from "../commands/up/interruption.ts";
import type { Teller } from "../commands/up/teller.ts";
import type { Mesh } from "../mesh/mesh.ts";

/** What {@linkcode workOnMesh} needs. */
export interface MeshWork<T> {
  readonly teller: Teller;
  readonly interruption: Interruption;
  /** What is done; undefined when it saw the signal before it was done. */
  readonly work: () => Promise<T | undefined>;
}

/**
 * Does it, and then drains the mesh and says no more; the first signal ends the work, the second the draining.
 *
 * @returns What the work came to; undefined when it was interrupted.
 */
export async function workOnMesh<T>(
  mesh: Pick<Mesh, "drain" | "stop">,
  { teller, interruption, work }: MeshWork<T>,
): Promise<T | undefined> {
  let outcome: T | undefined;
  try {
    const working = work();
    // What it still does after an interruption fails on a mesh that is closed, which is of no interest any more.
    working.catch(() => {});
    await untilAborted(interruption.first, working.then((done) => void (outcome = done)));
  } finally {
    if (interruption.first.aborted) {
      teller.hint("draining; Ctrl-C again ends at once");
      teller.tell(
        "info",
        "draining: no more is taken, what is in hand is finished; a second signal stops at once",
      );
    }
    const ended = mesh.drain();
    ended.catch(() => {});
    await untilAborted(interruption.second, ended);
    if (interruption.second.aborted) await mesh.stop();
    teller.hint("ended");
    await teller.end();
  }
  return outcome;
}
