/**
 * Ends members of the crew that may be waiting for a store which is away.
 *
 * @module
 */

import type { CrewMember } from "./member.ts";
import type { Store } from "./store.ts";

/** How long they have to finish what is in hand, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Ends members, and closes their store. What they could not record within a moment is given back to its queue: without
 * the store they would never end.
 *
 * @param members On one store.
 * @param options `patienceMs`: how long that moment is, in milliseconds. @default 2000
 */
export async function stopAtOnce(
  members: Iterable<CrewMember>,
  { store, patienceMs = PATIENCE_MS }: { readonly store: Pick<Store, "close">; readonly patienceMs?: number },
): Promise<void> {
  const ended = Promise.all([...members].map((member) => member.stop()));
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([ended, new Promise<void>((resolve) => timer = setTimeout(resolve, patienceMs))]);
  clearTimeout(timer);
  await store.close();
  await ended;
}
