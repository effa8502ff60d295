/**
 * Whom the pods of an actor may speak to, as far as a policy can say: it knows addresses and pods, and no names of hosts.
 * Those the host sees to, for each request.
 *
 * @module
 */

import type { V1NetworkPolicyPeer, V1NetworkPolicyPort } from "./kubernetes.ts";
import { parseIp } from "@troupe/host/egress/ip";
import { bareHost, DEFAULT_PORTS } from "@troupe/host/egress/target";
import { type Peer, peerOf } from "../peer.ts";
import type { HostAndPort } from "../server_settings.ts";
import { readBucket, readState, readStore } from "../storage_settings.ts";
import { readTransport } from "../transport_settings.ts";
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

type Egress = NetworkPolicy["spec"]["egress"][number];

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
        ...rule(network.dns.map(toPeer), [{ protocol: "UDP", port: 53 }, tcp(53)]),
        ...servers(plan),
        ...rule(network.others.map(toPeer)),
        ...components(plan),
        ...granted(plan),
      ],
    },
  };
}

/** Without a peer there is no rule: one without peers would let everybody through. */
function rule(to: readonly V1NetworkPolicyPeer[], ports?: readonly V1NetworkPolicyPort[]): Egress[] {
  return to.length === 0 ? [] : [{ to, ...(ports === undefined ? {} : { ports }) }];
}

function tcp(port: number): V1NetworkPolicyPort {
  return { protocol: "TCP", port };
}

function toPeer({ cidr, namespace, pods }: Peer): V1NetworkPolicyPeer {
  if (cidr !== undefined) return { ipBlock: { cidr } };
  return {
    ...(namespace === undefined
      ? {}
      : { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }),
    ...(pods === undefined && namespace !== undefined ? {} : { podSelector: { matchLabels: pods ?? {} } }),
  };
}

/** The servers that the host itself needs. */
function servers(
  { queue: { address, transport }, settings: { store, state, objects }, actor }: Plan,
): Egress[] {
  const bucket = objects && readBucket(objects.address);
  return [
    ...readTransport(address).nodes.flatMap((node) => server(node, transport.peers)),
    ...(store === undefined ? [] : server(readStore(store.address), store.peers)),
    ...(state === undefined || !actor.spec.grants.state ? [] : server(readState(state.address), state.peers)),
    ...(bucket === undefined ? [] : server(bucket, objects?.peers)),
    ...(objects !== undefined && bucket === undefined
      ? rule(objects.peers?.map(toPeer) ?? PUBLIC, [tcp(443)])
      : []),
  ];
}

/** The settings have peers for every host that none can be seen from. */
function server({ host, port }: HostAndPort, given: readonly Peer[] | undefined): Egress[] {
  const seen = peerOf(host);
  return rule((given ?? (seen === undefined ? [] : [seen])).map(toPeer), [tcp(port)]);
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
