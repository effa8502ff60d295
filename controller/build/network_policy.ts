/**
 * Whom the pods of an actor may speak to, as far as a policy can say: it knows addresses and pods, and no names of hosts.
 * Those the host sees to, for each request.
 *
 * @module
 */

import type { V1NetworkPolicyPeer } from "./kubernetes.ts";
import { parseIp } from "@troupe/host/egress/ip";
import { bareHost, DEFAULT_PORTS } from "@troupe/host/egress/target";
import { peerOf } from "../peer.ts";
import { readState } from "../storage_settings.ts";
import {
  type Egress,
  rule,
  tcp,
  toNames,
  toObjects,
  toPeer,
  toServer,
  toStore,
  toTransport,
} from "./egress.ts";
import type { NetworkPolicy } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import { METRICS_PORT } from "./places.ts";
import { metadataOf, type Plan, selectorOf } from "./plan.ts";
import { PUBLIC } from "./public_network.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = {
  group: "networking.k8s.io",
  resource: "networkpolicies",
  verbs: OWNED,
};

/** The NetworkPolicy of an actor. The kubelet of a pod's own node comes to it without one. */
export function networkPolicy(plan: Plan): NetworkPolicy {
  const { settings: { network } } = plan;
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(plan),
    spec: {
      podSelector: { matchLabels: selectorOf(plan) },
      policyTypes: ["Ingress", "Egress"],
      // An empty list would be dropped by the API server, and so be a change whenever it is applied.
      ...(network.scrapers.length === 0
        ? {}
        : { ingress: [{ from: network.scrapers.map(toPeer), ports: [tcp(METRICS_PORT)] }] }),
      egress: [
        ...toNames(plan.settings),
        ...servers(plan),
        ...rule(network.others.map(toPeer)),
        ...components(plan),
        ...granted(plan),
      ],
    },
  };
}

/** The servers that the host itself needs. */
function servers({ queue, settings, actor }: Plan): Egress[] {
  const { state } = settings;
  return [
    ...toTransport(queue.transport),
    ...toStore(settings),
    ...(state === undefined || !actor.spec.grants.state
      ? []
      : toServer(readState(state.address), state.peers)),
    ...toObjects(settings),
  ];
}

/** Where the component is fetched from. */
function components({ actor: { spec: { component: { oci, url } } }, settings: { network } }: Plan): Egress[] {
  if (oci === undefined && url === undefined) return [];
  if (network.components !== undefined) return rule(network.components.map(toPeer));
  const port = url === undefined
    ? Number(/^[^/]*:(\d+)\//.exec(oci as string)?.[1] ?? 443)
    : Number(new URL(url).port || 443);
  return rule(PUBLIC, [tcp(port)]);
}

/** Where the actor may send requests, for each port. */
function granted({ actor: { spec: { grants: { http = [] } } } }: Plan): Egress[] {
  const byPort = new Map<number, Map<string, V1NetworkPolicyPeer>>();
  for (const { host, scheme, port = DEFAULT_PORTS[scheme], addresses = [] } of http) {
    const peers = byPort.get(port) ?? new Map();
    byPort.set(port, peers);
    for (const peer of [...behind(host), ...addresses.map(toBlock)]) peers.set(JSON.stringify(peer), peer);
  }
  return [...byPort].sort(([a], [b]) => a - b).flatMap(([port, peers]) =>
    rule([...peers.values()], [tcp(port)])
  );
}

/** Who a host may be: an address, pods of the cluster, or anybody. */
function behind(host: string): readonly V1NetworkPolicyPeer[] {
  const address = bareHost(host);
  if (parseIp(address)) return [toBlock(address)];
  const peer = peerOf(host);
  return peer?.namespace === undefined ? PUBLIC : [toPeer(peer)];
}

function toBlock(network: string): V1NetworkPolicyPeer {
  const length = network.includes(":") ? 128 : 32;
  return { ipBlock: { cidr: network.includes("/") ? network : `${network}/${length}` } };
}
