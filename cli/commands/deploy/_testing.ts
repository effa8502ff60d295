/**
 * What tests of deployments share.
 *
 * @module
 */

import type { Styles } from "../../view/styles.ts";

const same = (text: string) => text;
/** No colours. */
export const PLAIN: Styles = { bold: same, dim: same, good: same, bad: same, warn: same, name: same };

/** Settings of a controller, as YAML. @param more Further fields of `spec`. */
export function settingsText(more = ""): string {
  return `apiVersion: troupe.dev/v1alpha1
kind: ControllerSettings
spec:
  image: registry.example.com/troupe-host@sha256:0123
  transports:
    default: { address: "rabbitmq://rabbitmq.queues.svc", credentials: { secret: broker } }
    tls:
      address: rabbitmqs://rabbitmq.queues.svc
      credentials: { secret: other, username: user }
      tls: { secret: ca }
${more}`;
}
