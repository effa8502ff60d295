/**
 * The settings of the controller, as it finds them in its pod.
 *
 * @module
 */

import { stringify } from "yaml";
import { API_VERSION } from "../resource.ts";
import type { ControllerSettings } from "../settings.ts";
import { sizeText, timeText } from "../units.ts";
import { CONTROLLER, SETTINGS_FILE } from "./controller_places.ts";
import { metadataIn } from "./labels.ts";
import type { InstallConfigMap } from "./objects.ts";

/**
 * Settings as a file: what `parseSettings` reads, with every default written out.
 *
 * @example
 * ```ts
 * import { settingsText } from "@troupe/controller/install";
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
 * assertEquals(parseSettings(settingsText(settings), { file: "again.yaml" }), settings);
 * ```
 */
export function settingsText(settings: ControllerSettings): string {
  const { cacheSize, crew } = settings;
  const spec = {
    ...settings,
    cacheSize: sizeText(cacheSize),
    crew: {
      ...crew,
      retention: timeText(crew.retention),
      keepIds: timeText(crew.keepIds),
      storage: { ...crew.storage, size: sizeText(crew.storage.size) },
    },
  };
  return stringify({ apiVersion: API_VERSION, kind: "ControllerSettings", spec }, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
}

/** The ConfigMap. */
export function settingsConfigMap(settings: ControllerSettings, namespace: string): InstallConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataIn(namespace, { name: CONTROLLER, labels: { "app.kubernetes.io/name": CONTROLLER } }),
    data: { [SETTINGS_FILE]: settingsText(settings) },
  };
}
