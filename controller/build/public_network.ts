/**
 * The public network, as a policy has it: all addresses but those that the host refuses to connect to.
 *
 * @module
 */

import type { V1NetworkPolicyPeer } from "./kubernetes.ts";
import { SPECIAL_NETWORKS } from "@troupe/host/egress/address";
import { contains, type Network, parseNetwork } from "@troupe/host/egress/ip";

const WIDEST = ["0.0.0.0/0", "2000::/3"];

/** Everybody with a public address. */
export const PUBLIC: readonly V1NetworkPolicyPeer[] = WIDEST.map((cidr) => ({
  ipBlock: { cidr, except: exceptionsIn(cidr) },
}));

/** The special networks in another one, without those that are in a wider one of them. */
function exceptionsIn(cidr: string): string[] {
  const whole = networkOf(cidr);
  const inside = SPECIAL_NETWORKS.filter((text) => text !== cidr && isWithin(networkOf(text), whole));
  return inside.filter((text) =>
    !inside.some((other) => other !== text && isWithin(networkOf(text), networkOf(other)))
  ).sort();
}

function isWithin(inner: Network, outer: Network): boolean {
  return inner.version === outer.version && inner.length >= outer.length && contains(outer, inner);
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (!network) throw new TypeError(`${text} is no network`);
  return network;
}
