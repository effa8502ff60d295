/**
 * What the controller makes of an Actor: pure functions from the actor and the settings to objects.
 *
 * @module
 */

import type { ClusterActor } from "../cluster_actor.ts";
import type { ControllerSettings } from "../settings.ts";
import { deployment } from "./deployment.ts";
import { disruptionBudget } from "./disruption_budget.ts";
import { networkPolicy } from "./network_policy.ts";
import type { BuiltObject } from "./objects.ts";
import { type Plan, planOf } from "./plan.ts";
import { scaledObject } from "./scaled_object.ts";
import { serviceAccount } from "./service_account.ts";
import { specConfigMap } from "./spec_config_map.ts";
import { triggerAuthentication } from "./trigger_authentication.ts";

export { deployment, HASH_ANNOTATION } from "./deployment.ts";
export { disruptionBudget } from "./disruption_budget.ts";
export { componentName, FIELD_MANAGER, objectName } from "./names.ts";
export { networkPolicy } from "./network_policy.ts";
export type {
  BuiltObject,
  ConfigMap,
  Deployment,
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledObject,
  ServiceAccount,
  TriggerAuthentication,
} from "./objects.ts";
export { OWNED, type Permission } from "./permissions.ts";
export { labelsOf, lacksCrew, type Plan, planOf, type QueuePlan, queuePlanOf, selectorOf } from "./plan.ts";
export { queueTriggers, seesAll, waitingFor } from "./queue_triggers.ts";
export { OWNED_KINDS, PERMISSIONS, rbac } from "./rbac.ts";
export { scaledObject } from "./scaled_object.ts";
export { serviceAccount } from "./service_account.ts";
export { specConfigMap, specHash } from "./spec_config_map.ts";
export { triggerAuthentication } from "./trigger_authentication.ts";

/** What is made for an actor. */
export interface Built {
  /** What it was made of; where its queue is, among others. */
  readonly plan: Plan;
  /** The objects, in the order in which they are to be applied: what others need comes first. */
  readonly objects: readonly BuiltObject[];
}

/**
 * What is made for an actor.
 *
 * @throws {ActorSpecError} when it asks for what the settings do not have, or do not allow.
 */
export function buildActor(actor: ClusterActor, settings: ControllerSettings): Built {
  const plan = planOf(actor, settings);
  const budget = disruptionBudget(plan);
  return {
    plan,
    objects: [
      serviceAccount(plan),
      specConfigMap(plan),
      // Before the first pod there is, it is settled whom it may speak to.
      networkPolicy(plan),
      deployment(plan),
      ...(budget === undefined ? [] : [budget]),
      triggerAuthentication(plan),
      scaledObject(plan),
    ],
  };
}
