/**
 * The environment of a host. The sandbox of the actor has none of it.
 *
 * @module
 */

import { objectsAddress, storeAddress } from "../mesh_place.ts";
import type { ControllerSettings } from "../settings.ts";
import type { TransportSettings } from "../transport_settings.ts";
import type { V1EnvVar } from "./kubernetes.ts";
import {
  REGISTRY_FOLDER,
  STATE_FOLDER,
  STORE_FOLDER,
  TRANSPORT_FOLDER,
  TRANSPORT_TLS_FOLDER,
} from "./places.ts";
import { meshOf, type Plan } from "./plan.ts";

/** The variables, in an order that does not depend on how settings are written. */
export function environmentOf(plan: Plan): V1EnvVar[] {
  const { settings, actor, queue } = plan;
  const mesh = meshOf(plan);
  const own = [
    { name: "TROUPE_TRANSPORT", value: withCa(queue.address, queue.transport) },
    ...transportUser(queue.transport),
    ...(settings.store === undefined
      ? []
      : [{ name: "TROUPE_STORE", value: storeAddress(settings.store, mesh) }]),
    ...storePassword(settings),
    ...(settings.objects === undefined
      ? []
      : [{ name: "TROUPE_OBJECTS", value: objectsAddress(settings.objects, mesh) }]),
    ...objectsKeys(settings),
    ...state(plan),
    POD_IP,
    ...(actor.spec.component.pullSecret === undefined
      ? []
      : [{ name: "DOCKER_CONFIG", value: REGISTRY_FOLDER }]),
  ];
  const names = new Set(own.map(({ name }) => name));
  const others = Object.entries(settings.env).filter(([name]) => !names.has(name))
    .map(([name, value]) => ({ name, value })).sort((a, b) => a.name < b.name ? -1 : 1);
  return [...own, ...others];
}

/** The kubelet asks a pod by its own address, which is one of IPv6 in some clusters. */
export const POD_IP: V1EnvVar = { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } };

/** The address of a transport, with the file of who vouches for it, where that is mounted. */
export function withCa(address: string, { tls }: TransportSettings): string {
  if (tls === undefined) return address;
  return `${address}&cacertfile=${encodeURIComponent(`${TRANSPORT_TLS_FOLDER}/ca.crt`)}`;
}

/** Who connects to a transport. */
export function transportUser({ credentials }: TransportSettings): V1EnvVar[] {
  return [
    fromSecret("TROUPE_RABBITMQ_USER", { name: credentials.secret, key: credentials.username }),
    { name: "TROUPE_RABBITMQ_PASSWORD_FILE", value: `${TRANSPORT_FOLDER}/password` },
  ];
}

/** Where the password of the store is. */
export function storePassword({ store }: ControllerSettings): V1EnvVar[] {
  if (store?.password === undefined) return [];
  return [{ name: "TROUPE_STORE_PASSWORD_FILE", value: `${STORE_FOLDER}/password` }];
}

/** The keys of a bucket's account. */
export function objectsKeys({ objects }: ControllerSettings): V1EnvVar[] {
  const keys = objects?.keys;
  if (keys === undefined) return [];
  return [
    fromSecret("AWS_ACCESS_KEY_ID", { name: keys.secret, key: keys.accessKeyId }),
    fromSecret("AWS_SECRET_ACCESS_KEY", { name: keys.secret, key: keys.secretAccessKey }),
  ];
}

function state({ settings: { state }, actor }: Plan): V1EnvVar[] {
  if (state === undefined || !actor.spec.grants.state) return [];
  return [
    { name: "TROUPE_STATE", value: state.address },
    ...(state.password === undefined
      ? []
      : [{ name: "TROUPE_STATE_PASSWORD_FILE", value: `${STATE_FOLDER}/password` }]),
  ];
}

function fromSecret(
  name: string,
  { name: secret, key }: { readonly name: string; readonly key: string },
): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
