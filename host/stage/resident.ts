/**
 * How much memory a sandbox may have resident.
 *
 * @module
 */

import type { LoadSettings } from "./wire/load.ts";

/** The engine, and the component's code, in bytes. */
const ENGINE_BYTES = 512 * 1024 * 1024;
/** The instance in use, one made ahead, and one not collected yet. */
const INSTANCES = 3;
/** While guests wait for the host, more are in use at once; few of them are as large as they may be. */
const MOST_INSTANCES = 8;

/** The bound, in bytes: what the spec says, or what the instances of an actor can come to. */
export function mostResident(
  { blocking, limits: { residentBytes, memoryBytes, concurrency } }: Pick<
    LoadSettings,
    "blocking" | "limits"
  >,
): number {
  const instances = blocking ? Math.min(INSTANCES + concurrency - 1, MOST_INSTANCES) : INSTANCES;
  return residentBytes ?? ENGINE_BYTES + instances * memoryBytes;
}
