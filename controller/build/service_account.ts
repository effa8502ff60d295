/**
 * The identity of an actor's pods. It may do nothing, and its token is nowhere.
 *
 * @module
 */

import type { ServiceAccount } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { metadataOf, type Plan } from "./plan.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = { group: "", resource: "serviceaccounts", verbs: OWNED };

/** The ServiceAccount of an actor. */
export function serviceAccount(plan: Plan): ServiceAccount {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadataOf(plan),
    automountServiceAccountToken: false,
  };
}
