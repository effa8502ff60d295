/**
 * The environment of a host. The sandbox of the actor has none of it.
 *
 * @module
 */

import type { V1EnvVar } from "./kubernetes.ts";
import {
  REGISTRY_FOLDER,
  STATE_FOLDER,
  STORE_FOLDER,
  TRANSPORT_FOLDER,
  TRANSPORT_TLS_FOLDER,
} from "./places.ts";
import type { Plan } from "./plan.ts";

/** The variables, in an order that does not depend on how settings are written. */
export function environmentOf(plan: Plan): V1EnvVar[] {
  const { settings, actor } = plan;
  const own = [
    ...transport(plan),
    ...storage(plan),
    // The kubelet asks a pod by its own address, which is one of IPv6 in some clusters.
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ...(actor.spec.component.pullSecret === undefined
      ? []
      : [{ name: "DOCKER_CONFIG", value: REGISTRY_FOLDER }]),
  ];
  const names = new Set(own.map(({ name }) => name));
  const others = Object.entries(settings.env).filter(([name]) => !names.has(name))
    .map(([name, value]) => ({ name, value })).sort((a, b) => a.name < b.name ? -1 : 1);
  return [...own, ...others];
}

function transport({ queue: { address, transport: { credentials, tls } } }: Plan): V1EnvVar[] {
  const withTls = tls === undefined
    ? address
    : `${address}&cacertfile=${encodeURIComponent(`${TRANSPORT_TLS_FOLDER}/ca.crt`)}`;
  return [
    { name: "TROUPE_TRANSPORT", value: withTls },
    fromSecret("TROUPE_RABBITMQ_USER", { name: credentials.secret, key: credentials.username }),
    { name: "TROUPE_RABBITMQ_PASSWORD_FILE", value: `${TRANSPORT_FOLDER}/password` },
  ];
}

function storage({ settings: { store, objects, state }, actor }: Plan): V1EnvVar[] {
  const keys = objects?.keys;
  return [
    ...(store === undefined ? [] : [{ name: "TROUPE_STORE", value: store.address }]),
    ...(store?.password === undefined
      ? []
      : [{ name: "TROUPE_STORE_PASSWORD_FILE", value: `${STORE_FOLDER}/password` }]),
    ...(objects === undefined ? [] : [{ name: "TROUPE_OBJECTS", value: objects.address }]),
    ...(keys === undefined ? [] : [
      fromSecret("AWS_ACCESS_KEY_ID", { name: keys.secret, key: keys.accessKeyId }),
      fromSecret("AWS_SECRET_ACCESS_KEY", { name: keys.secret, key: keys.secretAccessKey }),
    ]),
    ...(state === undefined || !actor.spec.grants.state ? [] : [
      { name: "TROUPE_STATE", value: state.address },
      ...(state.password === undefined
        ? []
        : [{ name: "TROUPE_STATE_PASSWORD_FILE", value: `${STATE_FOLDER}/password` }]),
    ]),
  ];
}

function fromSecret(
  name: string,
  { name: secret, key }: { readonly name: string; readonly key: string },
): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
