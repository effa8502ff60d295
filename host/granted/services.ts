/**
 * What the guests of an actor can ask its host for, by its grants.
 *
 * @module
 */

import type { Grants } from "../grants.ts";
import type { Services } from "../stage/services.ts";

/** Makes the services that a spec grants. */
export function servicesOf(
  _actor: { readonly name: string; readonly grants: Grants },
  _options: object,
): Services {
  return {};
}
