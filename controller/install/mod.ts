/**
 * What is installed in a cluster beside actors: pure functions from the controller's settings to objects.
 *
 * @module
 */

import { rbac, type RbacObject } from "../build/rbac.ts";
import { actorDefinition } from "../crd/definition.ts";
import { meshesOf } from "../mesh_place.ts";
import type { ControllerSettings } from "../settings.ts";
import { controllerObjects } from "./controller.ts";
import { crewAccount, crewObjects } from "./crew.ts";
import { crewOf } from "./crew_places.ts";
import { installationLabels, SYSTEM_NAMESPACE } from "./labels.ts";
import { namespaceObject } from "./namespace.ts";
import type { InstallObject } from "./objects.ts";
import { settingsConfigMap } from "./settings_config_map.ts";

export { CONTROLLER, CONTROLLER_LABELS, SETTINGS_FILE } from "./controller_places.ts";
export { HASH_ANNOTATION, INSTALLATION_LABEL, SYSTEM_NAMESPACE } from "./labels.ts";
export type {
  InstallBudget,
  InstallConfigMap,
  InstallDefinition,
  InstallDeployment,
  InstallMetadata,
  InstallNamespace,
  InstallObject,
  InstallPolicy,
  InstallRole,
  InstallServiceAccount,
  InstallStatefulSet,
} from "./objects.ts";
export { type NeededSecret, neededSecrets } from "./secrets.ts";
export { settingsText } from "./settings_config_map.ts";

/** Options of {@linkcode installation}. */
export interface InstallationOptions {
  /** Where it is installed. @default "troupe-system" */
  readonly namespace?: string;
}

/**
 * Everything that is installed, in the order in which it is to be applied: the namespace, the definition of actors, who may
 * do what, settings, the controller, and the crew of each mesh. Each object has the label {@linkcode INSTALLATION_LABEL}.
 *
 * The Secrets that it needs ({@linkcode neededSecrets}), and the namespaces of actors, are somebody else's.
 *
 * @example
 * ```ts
 * import { installation } from "@troupe/controller/install";
 * import { parseSettings } from "@troupe/controller/settings";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = parseSettings(`
 * apiVersion: troupe.dev/v1alpha1
 * kind: ControllerSettings
 * spec:
 *   image: registry.example.com/troupe-host@sha256:0123
 *   transports:
 *     default: { address: "rabbitmq://rabbitmq.queues.svc", credentials: { secret: broker } }
 * `, { file: "settings.yaml" });
 * const objects = installation(settings);
 * assertEquals(objects[0]?.kind, "Namespace");
 * assertEquals(objects.at(-1)?.metadata.name, "troupe-crew-default");
 * ```
 */
export function installation(
  settings: ControllerSettings,
  { namespace = SYSTEM_NAMESPACE }: InstallationOptions = {},
): InstallObject[] {
  const definition = actorDefinition();
  const crews = meshesOf(settings).map((mesh) => crewOf(mesh, settings, namespace));
  return [
    namespaceObject(namespace),
    labelled({ ...definition, metadata: { labels: {}, ...definition.metadata } }, namespace),
    ...rbac(namespace).map((object): RbacObject => labelled(object, namespace)),
    settingsConfigMap(settings, namespace),
    ...controllerObjects(settings, namespace),
    ...(crews.length === 0 ? [] : [crewAccount(namespace)]),
    ...crews.flatMap(crewObjects),
  ];
}

function labelled<T extends { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }>(
  object: T,
  namespace: string,
): T {
  const labels = { ...object.metadata.labels, ...installationLabels(namespace) };
  return { ...object, metadata: { ...object.metadata, labels } };
}
