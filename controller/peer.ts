/**
 * Somebody on the network, as policies name them: a network of addresses, or pods.
 *
 * @module
 */

import { isIP } from "node:net";
import { parseNetwork } from "@troupe/host/egress/ip";
import { z } from "zod";
import { field, withRules } from "./_schema.ts";
import { map, object, objectName, text } from "./_fields.ts";

/** One peer. */
export const peer = withRules(
  object({
    cidr: field(
      text("a network", { most: 43 }).refine(
        (text) => text.includes("/") && parseNetwork(text) !== undefined,
        {
          error: "has to be a network, such as 10.0.0.0/8 or 10.1.2.3/32",
        },
      ).optional(),
      "Addresses.",
    ),
    namespace: field(
      objectName("a namespace").optional(),
      "The namespace of pods; without it, the actor's own.",
    ),
    pods: field(
      map(z.string(), text("a text", { most: 63 }), { what: "an object of labels", most: 16 }).optional(),
      "Labels of pods; without it, all of the namespace.",
    ),
  }, "an object with cidr, or namespace and pods"),
  [{
    cel: "has(self.cidr) != (has(self.namespace) || has(self.pods))",
    holds: ({ cidr, namespace, pods }) =>
      (cidr === undefined) !== (namespace === undefined && pods === undefined),
    message: "has to have either cidr, or namespace, or pods, or both of these",
  }],
);

/** One peer. */
export type Peer = z.output<typeof peer>;

/**
 * Who is behind the host of an address, where that can be seen from it: an address, or a service of the cluster.
 *
 * @returns undefined for other names: a policy cannot name hosts.
 *
 * @example
 * ```ts
 * import { peerOf } from "@troupe/controller/peer";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(peerOf("rabbitmq.queues.svc"), { namespace: "queues" });
 * assertEquals(peerOf("10.1.2.3"), { cidr: "10.1.2.3/32" });
 * assertEquals(peerOf("broker.example.com"), undefined);
 * ```
 */
export function peerOf(host: string): Peer | undefined {
  const version = isIP(host);
  if (version !== 0) return { cidr: `${host}/${version === 4 ? 32 : 128}` };
  if (/^[a-z0-9-]+$/i.test(host)) return { pods: {} };
  const [, namespace] = /^(?:[^.]+\.){1,2}([a-z0-9-]+)\.svc(?:\.[^.]+)*\.?$/.exec(host) ?? [];
  return namespace === undefined ? undefined : { namespace };
}
