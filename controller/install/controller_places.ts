/**
 * Names of the controller's objects, and where things are in its pods.
 *
 * @module
 */

import { FIELD_MANAGER } from "../build/names.ts";
import type { PodLabels } from "./labels.ts";

/** The name of each of its objects. */
export const CONTROLLER = FIELD_MANAGER;
/** The folder of its settings. It is mounted as a whole: so the file changes when the ConfigMap does. */
export const SETTINGS_FOLDER = "/etc/troupe/settings";
/** Their file. */
export const SETTINGS_FILE = "settings.yaml";
/** A folder for each transport, with the files `username`, `password`, and `ca.crt` where it has tls. */
export const BROKERS_FOLDER = "/etc/troupe/brokers";
/** The port of health and metrics. */
export const HEALTH_PORT = 8080;

/** Labels by which its pods are found. */
export const CONTROLLER_LABELS: PodLabels = {
  "app.kubernetes.io/name": CONTROLLER,
  "app.kubernetes.io/instance": CONTROLLER,
  "app.kubernetes.io/component": "controller",
};
