/**
 * Where things are in the pod of a host.
 *
 * @module
 */

/** The folder of what the host is told: `actor.yaml`. */
export const SPEC_FOLDER = "/etc/troupe/actor";
/** Its file; what it says, and so what the host runs. */
export const SPEC_FILE = "actor.yaml";
/** A component out of a ConfigMap. */
export const COMPONENT_FOLDER = "/etc/troupe/component";
/** What of Secrets an actor is granted. */
export const SECRETS_FOLDER = "/etc/troupe/secrets";
/** Folders that an actor is granted; each is called by its number. */
export const FILES_FOLDER = "/etc/troupe/files";
/** The password of the broker. */
export const TRANSPORT_FOLDER = "/etc/troupe/transport";
/** Who vouches for the broker. */
export const TRANSPORT_TLS_FOLDER = "/etc/troupe/transport-tls";
/** The password of the store. */
export const STORE_FOLDER = "/etc/troupe/store";
/** The password of what keeps actors' state. */
export const STATE_FOLDER = "/etc/troupe/state";
/** Who signs in to the registry of components; `config.json`, as `DOCKER_CONFIG` leads to it. */
export const REGISTRY_FOLDER = "/etc/troupe/registry";
/** Transpiled components. */
export const CACHE_FOLDER = "/var/cache/troupe";
/** The port of health and metrics. */
export const METRICS_PORT = 9464;
/** Who runs in a pod: nobody. */
export const USER = 65532;
/** The name of the container. */
export const CONTAINER = "host";

/** The file of a component out of a ConfigMap, beside the spec's folder. */
export function componentFile(key: string): string {
  return key.endsWith(".gz") ? "component.wasm.gz" : "component.wasm";
}

/** The file, below the folder of secrets, of a value that is granted. */
export function secretFile(name: string): string {
  return `values/${name}`;
}

/** The file, below the folder of secrets, of a header that is put into requests: the entry's number, and the header's. */
export function headerFile(rule: number, header: number): string {
  return `headers/${rule}-${header}`;
}

/** The folder of the files that are granted, by the entry's number. */
export function filesFolder(entry: number): string {
  return `${FILES_FOLDER}/${entry}`;
}
