/**
 * What the pods of an actor ask of a node.
 *
 * @module
 */

import { mostResident } from "@troupe/host/stage/resident";
import type { V1ResourceRequirements } from "./kubernetes.ts";
import { limitsOf } from "../limits_resource.ts";
import { sizeText } from "../units.ts";
import type { Plan } from "./plan.ts";

/** The host beside its sandbox, in bytes: the engine, the client of the broker, envelopes in hand. */
const HOST_BYTES = 384 * 1024 * 1024;

/**
 * What the actor says, else what the settings say. Where neither has a limit of memory, it is as much as the sandbox may
 * have resident, and the host beside it: the host then notices first, and can say which envelope it was.
 */
export function podResources({ actor: { spec }, settings }: Plan): V1ResourceRequirements {
  const limits = { ...settings.resources.limits, ...spec.resources.limits };
  limits["memory"] ??= sizeText(HOST_BYTES + mostResident({ blocking: true, limits: limitsOf(spec.limits) }));
  const requests = { ...settings.resources.requests, ...spec.resources.requests };
  for (const name of Object.keys(settings.resources.requests ?? {})) {
    // What an actor limits to less than others ask for, it asks for no more of.
    const limit = spec.resources.limits?.[name];
    if (limit !== undefined && spec.resources.requests?.[name] === undefined) requests[name] = limit;
  }
  return { requests, limits };
}
