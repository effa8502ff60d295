/**
 * The Secrets that have to be there before what is installed can run. Nothing here makes or reads them.
 *
 * @module
 */

import { meshesOf } from "../mesh_place.ts";
import type { ControllerSettings } from "../settings.ts";

/** A Secret, and the entries that are asked of it. */
export interface NeededSecret {
  readonly name: string;
  readonly keys: readonly string[];
}

/**
 * The Secrets that have to be in the namespace of the installation, in the order of their names. Those of the broker, of
 * the store and of the bucket have to be in each namespace with actors, too.
 */
export function neededSecrets(settings: ControllerSettings): NeededSecret[] {
  const { transports, store, objects } = settings;
  const hasCrew = meshesOf(settings).length > 0;
  const needed = new Map<string, Set<string>>();
  const need = (name: string, keys: readonly string[]) => {
    const known = needed.get(name) ?? new Set();
    needed.set(name, known);
    for (const key of keys) known.add(key);
  };
  for (const { credentials, tls } of Object.values(transports)) {
    need(credentials.secret, [credentials.username, credentials.password]);
    if (tls) need(tls.secret, [tls.ca]);
  }
  if (hasCrew && store?.password) need(store.password.name, [store.password.key]);
  if (hasCrew && objects?.keys) {
    const { secret, accessKeyId, secretAccessKey } = objects.keys;
    need(secret, [accessKeyId, secretAccessKey]);
  }
  return [...needed].map(([name, keys]) => ({ name, keys: [...keys].sort() }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}
