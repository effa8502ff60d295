/**
 * Whether a mesh has nothing left to do.
 *
 * @module
 */

import { pause } from "@troupe/host/pause";
import type { Mesh } from "../../mesh/mesh.ts";

/** How often to look, in milliseconds. */
const INTERVAL_MS = 100;

/** Resolves when nothing is left that this mesh could do, or the signal comes. */
export async function untilIdle(
  mesh: Pick<Mesh, "isIdle" | "idleLooks">,
  signal: AbortSignal,
): Promise<void> {
  let idle = 0;
  while (!signal.aborted) {
    idle = await mesh.isIdle() ? idle + 1 : 0;
    if (idle >= mesh.idleLooks) return;
    await pause(INTERVAL_MS, signal);
  }
}
