/**
 * Rules of policies: where pods may connect to, for the servers that settings name.
 *
 * @module
 */

import { type Peer, peerOf } from "../peer.ts";
import type { HostAndPort } from "../server_settings.ts";
import type { ControllerSettings } from "../settings.ts";
import { readBucket, readStore } from "../storage_settings.ts";
import { readTransport, type TransportSettings } from "../transport_settings.ts";
import type { V1NetworkPolicyPeer, V1NetworkPolicyPort } from "./kubernetes.ts";
import type { NetworkPolicy } from "./objects.ts";
import { PUBLIC } from "./public_network.ts";

/** A rule. */
export type Egress = NetworkPolicy["spec"]["egress"][number];

/** A rule for some peers. Without a peer there is none: one without peers would let everybody through. */
export function rule(to: readonly V1NetworkPolicyPeer[], ports?: readonly V1NetworkPolicyPort[]): Egress[] {
  return to.length === 0 ? [] : [{ to, ...(ports === undefined ? {} : { ports }) }];
}

/** A port. */
export function tcp(port: number): V1NetworkPolicyPort {
  return { protocol: "TCP", port };
}

/** A peer of the settings, as policies have it. */
export function toPeer({ cidr, namespace, pods }: Peer): V1NetworkPolicyPeer {
  if (cidr !== undefined) return { ipBlock: { cidr } };
  return {
    ...(namespace === undefined
      ? {}
      : { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }),
    ...(pods === undefined && namespace !== undefined ? {} : { podSelector: { matchLabels: pods ?? {} } }),
  };
}

/** To a server. The settings have peers for every host that none can be seen from. */
export function toServer({ host, port }: HostAndPort, given: readonly Peer[] | undefined): Egress[] {
  const seen = peerOf(host);
  return rule((given ?? (seen === undefined ? [] : [seen])).map(toPeer), [tcp(port)]);
}

/** To who answers questions for names. */
export function toNames({ network }: ControllerSettings): Egress[] {
  return rule(network.dns.map(toPeer), [{ protocol: "UDP", port: 53 }, tcp(53)]);
}

/** To a broker. */
export function toTransport({ address, peers }: TransportSettings): Egress[] {
  return readTransport(address).nodes.flatMap((node) => toServer(node, peers));
}

/** To the store, if there is one. */
export function toStore({ store }: ControllerSettings): Egress[] {
  return store === undefined ? [] : toServer(readStore(store.address), store.peers);
}

/** To the bucket, if there is one. */
export function toObjects({ objects }: ControllerSettings): Egress[] {
  if (objects === undefined) return [];
  const bucket = readBucket(objects.address);
  if (bucket !== undefined) return toServer(bucket, objects.peers);
  return rule(objects.peers?.map(toPeer) ?? PUBLIC, [tcp(443)]);
}
