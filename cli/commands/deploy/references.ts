/**
 * The objects of others that hosts need: Secrets above all, which nobody else can make.
 *
 * @module
 */

import type { ActorManifest } from "@troupe/controller/manifest";
import { neededSecrets } from "@troupe/controller/install";
import type { ControllerSettings } from "@troupe/controller/settings";

/** An object that has to be there. */
export interface Reference {
  readonly kind: "Secret" | "ConfigMap" | "PersistentVolumeClaim";
  readonly namespace: string;
  readonly name: string;
  /** Its entries that are needed. */
  readonly keys: readonly string[];
  /** Who needs it, such as `transport default`. */
  readonly for: readonly string[];
}

/** What is deployed, as far as it refers to something. */
export interface ReferenceOptions {
  /** Namespace of the actors. */
  readonly namespace: string;
  /** Namespace of the controller; undefined where somebody else installs it. */
  readonly controller: string | undefined;
}

/** All that the settings and the actors refer to. */
export function referencesOf(
  settings: ControllerSettings | undefined,
  actors: readonly ActorManifest[],
  { namespace, controller }: ReferenceOptions,
): Reference[] {
  const found = new Map<string, Reference>();
  const add = (given: Omit<Reference, "for">, who: string) => {
    const key = `${given.kind}/${given.namespace}/${given.name}`;
    const { keys = [], for: others = [] } = found.get(key) ?? {};
    found.set(key, {
      ...given,
      keys: [...new Set([...keys, ...given.keys])],
      for: [...new Set([...others, who])],
    });
  };
  for (const { metadata: { name }, spec } of actors) {
    for (const reference of ofActor(spec)) add({ ...reference, namespace }, `actor ${name}`);
  }
  if (settings) {
    const named = new Set(actors.map(({ spec }) => spec.transport ?? "default"));
    const stateful = actors.some(({ spec: { grants } }) => grants?.state !== undefined);
    for (const [reference, who, transport] of ofSettings(settings)) {
      const unused = transport !== undefined ? !named.has(transport) : who === "state" && !stateful;
      if (!unused) add({ ...reference, namespace }, who);
    }
    if (controller !== undefined) {
      for (const { name, keys } of neededSecrets(settings)) {
        add({ ...secret(name, ...keys), namespace: controller }, "controller and crew");
      }
    }
  }
  return [...found.values()];
}

type Found = Omit<Reference, "namespace" | "for">;

function secret(name: string, ...keys: string[]): Found {
  return { kind: "Secret", name, keys };
}

function* ofSettings(
  { transports, store, state, objects }: ControllerSettings,
): Generator<[reference: Found, who: string, transport?: string]> {
  for (const [name, { credentials, tls }] of Object.entries(transports)) {
    const who = `transport ${name}`;
    yield [secret(credentials.secret, credentials.username, credentials.password), who, name];
    if (tls) yield [secret(tls.secret, tls.ca), who, name];
  }
  if (store?.password) yield [secret(store.password.name, store.password.key), "store"];
  if (state?.password) yield [secret(state.password.name, state.password.key), "state"];
  if (objects?.keys) {
    const { secret: name, accessKeyId, secretAccessKey } = objects.keys;
    yield [secret(name, accessKeyId, secretAccessKey), "objects"];
  }
}

interface WithRef {
  readonly secretKeyRef?: { readonly name: string; readonly key: string } | undefined;
}

function* ofActor({ component, grants }: ActorManifest["spec"]): Generator<Found> {
  if (component.pullSecret !== undefined) yield secret(component.pullSecret, ".dockerconfigjson");
  if (component.configMap !== undefined) {
    const { name, key = "component.wasm" } = component.configMap;
    yield { kind: "ConfigMap", name, keys: [key] };
  }
  const sources: WithRef[] = Object.values(grants?.secrets ?? {});
  const rules = (grants?.http ?? []) as { readonly headers?: Readonly<Record<string, { from: WithRef }>> }[];
  for (const { headers = {} } of rules) sources.push(...Object.values(headers).map(({ from }) => from));
  for (const { secretKeyRef } of sources) if (secretKeyRef) yield secret(secretKeyRef.name, secretKeyRef.key);
  for (const { configMap, secret: name, persistentVolumeClaim } of grants?.files ?? []) {
    if (configMap !== undefined) yield { kind: "ConfigMap", name: configMap, keys: [] };
    if (name !== undefined) yield secret(name);
    if (persistentVolumeClaim !== undefined) {
      yield { kind: "PersistentVolumeClaim", name: persistentVolumeClaim, keys: [] };
    }
  }
}

/** What a person does about one that is not there. */
export function remedyFor({ kind, namespace, name, keys }: Reference): string {
  if (kind === "PersistentVolumeClaim") return `Make a PersistentVolumeClaim ${name} in ${namespace}.`;
  if (keys.includes(".dockerconfigjson")) {
    return `kubectl create secret docker-registry ${name} -n ${namespace} --docker-server=… --docker-username=… ` +
      "--docker-password=…";
  }
  const type = kind === "Secret" ? "secret generic" : "configmap";
  const entries = keys.map((key) => ` --from-file=${key}=FILE`).join("") || " --from-file=FOLDER";
  return `kubectl create ${type} ${name} -n ${namespace}${entries}`;
}
