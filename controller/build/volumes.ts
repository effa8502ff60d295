/**
 * What is mounted into the pod of a host. Nothing of it comes into the sandbox of the actor, but for what the host gives it.
 *
 * @module
 */

import type { ControllerSettings } from "../settings.ts";
import type { TransportSettings } from "../transport_settings.ts";
import { sizeText } from "../units.ts";
import type { V1Volume, V1VolumeMount, V1VolumeProjection } from "./kubernetes.ts";
import {
  CACHE_FOLDER,
  COMPONENT_FOLDER,
  componentFile,
  filesFolder,
  headerFile,
  REGISTRY_FOLDER,
  secretFile,
  SECRETS_FOLDER,
  SPEC_FILE,
  SPEC_FOLDER,
  STATE_FOLDER,
  STORE_FOLDER,
  TRANSPORT_FOLDER,
  TRANSPORT_TLS_FOLDER,
} from "./places.ts";
import type { Plan } from "./plan.ts";
import { inOrder } from "./spec_config_map.ts";

/** A volume, and where it is. */
export interface Mounted {
  readonly volume: V1Volume;
  readonly mount: V1VolumeMount;
}

/** Read by the group of the pod, which is the host's. */
export const SECRET_MODE = 0o440;

/** Everything that is mounted. */
export function volumesOf(plan: Plan): Mounted[] {
  return [
    ...folders(plan),
    ...ownSecrets(plan),
    ...componentOf(plan),
    ...grantedSecrets(plan),
    ...grantedFiles(plan),
  ];
}

/** A volume that is read only. */
export function at(path: string, volume: V1Volume): Mounted {
  return { volume, mount: { name: volume.name, mountPath: path, readOnly: true } };
}

/** A volume that can be written to. */
export function writable(path: string, volume: V1Volume): Mounted {
  return { volume, mount: { name: volume.name, mountPath: path } };
}

function folders({ name, settings }: Plan): Mounted[] {
  return [
    at(SPEC_FOLDER, {
      name: "actor",
      configMap: { name, items: [{ key: SPEC_FILE, path: SPEC_FILE }] },
    }),
    writable(CACHE_FOLDER, { name: "cache", emptyDir: { sizeLimit: sizeText(settings.cacheSize) } }),
  ];
}

/** What the host itself signs in with. */
function ownSecrets({ queue, settings, actor }: Plan): Mounted[] {
  const { state } = settings;
  return [
    ...transportFiles(queue.transport),
    ...storeFiles(settings),
    ...(state?.password === undefined || !actor.spec.grants.state
      ? []
      : [passwordFile("state", STATE_FOLDER, state.password)]),
  ];
}

/** What is mounted to sign in to a transport. Passwords are files: they can be changed under a running host. */
export function transportFiles({ credentials, tls }: TransportSettings): Mounted[] {
  return [
    passwordFile("transport", TRANSPORT_FOLDER, { name: credentials.secret, key: credentials.password }),
    ...(tls === undefined ? [] : [at(TRANSPORT_TLS_FOLDER, {
      name: "transport-tls",
      secret: { secretName: tls.secret, defaultMode: SECRET_MODE, items: [{ key: tls.ca, path: "ca.crt" }] },
    })]),
  ];
}

/** What is mounted to sign in to the store. */
export function storeFiles({ store }: ControllerSettings): Mounted[] {
  return store?.password === undefined ? [] : [passwordFile("store", STORE_FOLDER, store.password)];
}

function passwordFile(
  name: string,
  path: string,
  { name: secret, key }: { readonly name: string; readonly key: string },
): Mounted {
  return at(path, {
    name,
    secret: { secretName: secret, defaultMode: SECRET_MODE, items: [{ key, path: "password" }] },
  });
}

function componentOf({ actor: { spec: { component: { configMap, pullSecret } } } }: Plan): Mounted[] {
  return [
    ...(configMap === undefined ? [] : [at(COMPONENT_FOLDER, {
      name: "component",
      configMap: {
        name: configMap.name,
        items: [{ key: configMap.key, path: componentFile(configMap.key) }],
      },
    })]),
    ...(pullSecret === undefined ? [] : [at(REGISTRY_FOLDER, {
      name: "registry",
      secret: {
        secretName: pullSecret,
        defaultMode: SECRET_MODE,
        items: [{ key: ".dockerconfigjson", path: "config.json" }],
      },
    })]),
  ];
}

function grantedSecrets({ actor: { spec: { grants } } }: Plan): Mounted[] {
  const sources: V1VolumeProjection[] = [];
  const add = (ref: { readonly name: string; readonly key: string } | undefined, path: string) => {
    // A cluster lets nothing through that has none.
    if (ref) sources.push({ secret: { name: ref.name, items: [{ key: ref.key, path }] } });
  };
  for (const [name, { secretKeyRef }] of inOrder(grants.secrets ?? {})) add(secretKeyRef, secretFile(name));
  for (const [i, { headers = {} }] of (grants.http ?? []).entries()) {
    for (const [header, [, { from: { secretKeyRef } }]] of inOrder(headers).entries()) {
      add(secretKeyRef, headerFile(i, header));
    }
  }
  if (sources.length === 0) return [];
  return [at(SECRETS_FOLDER, { name: "secrets", projected: { defaultMode: SECRET_MODE, sources } })];
}

function grantedFiles({ actor: { spec: { grants: { files = [] } } } }: Plan): Mounted[] {
  return files.map(({ configMap, secret, persistentVolumeClaim }, i) => {
    const name = `files-${i}`;
    return at(filesFolder(i), {
      name,
      ...(configMap === undefined ? {} : { configMap: { name: configMap } }),
      ...(secret === undefined ? {} : { secret: { secretName: secret, defaultMode: SECRET_MODE } }),
      ...(persistentVolumeClaim === undefined
        ? {}
        : { persistentVolumeClaim: { claimName: persistentVolumeClaim, readOnly: true } }),
    });
  });
}
