/**
 * What of an envelope waits for an answer.
 *
 * @module
 */

import type { Parking } from "@troupe/host/crew/parked";
import { framesOf } from "@troupe/host/fan";
import { envelopeIn } from "@troupe/host/envelope";

/**
 * Keys of what waits: the envelope itself and, unless `only` says otherwise, everything that came of it.
 */
export async function parkedOf(
  parking: Parking,
  { id, only }: { readonly id: string; readonly only: boolean },
): Promise<string[]> {
  const keys: string[] = [];
  for (let after = 0;;) {
    const { items, next } = await parking.waiting({ after });
    for (const parked of items) {
      if (parked.id === id || !only && (parked.root === id || await cameOf(id, parked.key, parking))) {
        keys.push(parked.key);
      }
    }
    if (next === undefined) return keys;
    after = next;
  }
}

/** Whether an envelope that waits is a slice of another, or of a slice of it. */
async function cameOf(id: string, key: string, parking: Parking): Promise<boolean> {
  const bodies = await parking.bodies(key);
  return bodies.some(({ body }) => framesOf(envelopeIn(body)?.headers).some((frame) => frame.id === id));
}
