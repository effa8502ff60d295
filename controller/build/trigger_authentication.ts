/**
 * Where KEDA finds who connects to the broker, to see how long a queue is.
 *
 * @module
 */

import type { TriggerAuthentication } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { metadataOf, type Plan } from "./plan.ts";
import { TLS_ENTRY } from "./spec_config_map.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = {
  group: "keda.sh",
  resource: "triggerauthentications",
  verbs: OWNED,
};

/** The TriggerAuthentication of an actor. The controller itself reads no Secret. */
export function triggerAuthentication(plan: Plan): TriggerAuthentication {
  const { credentials, tls } = plan.queue.transport;
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "TriggerAuthentication",
    metadata: metadataOf(plan),
    spec: {
      secretTargetRef: [
        { parameter: "username", name: credentials.secret, key: credentials.username },
        { parameter: "password", name: credentials.secret, key: credentials.password },
        ...(tls === undefined ? [] : [{ parameter: "ca", name: tls.secret, key: tls.ca }]),
      ],
      ...(tls === undefined
        ? {}
        : { configMapTargetRef: [{ parameter: "tls", name: plan.name, key: TLS_ENTRY }] }),
    },
  };
}
