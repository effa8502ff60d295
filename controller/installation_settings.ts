/**
 * What runs beside actors, in the settings of a controller: the controller itself, and the crew.
 *
 * @module
 */

import { DEFAULT_RETENTION } from "@troupe/host/crew/retention";
import type { z } from "zod";
import { field } from "./_schema.ts";
import { bytes, count, duration, list, matching, object, objectName } from "./_fields.ts";
import { peer } from "./peer.ts";
import { podTemplate, resources } from "./pod_resource.ts";
import { timeText } from "./units.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

const apiServer = object({
  peers: field(
    list(peer, { what: "a list of peers", most: 32 }).min(1, {
      error: "has to have an entry at least: without one, nothing could be reached",
    }).optional(),
    "Who the API server is, for the policy of the controller. Without it, every address: it is not one of the pods.",
  ),
  ports: field(
    list(count({ least: 1, most: 65_535 }), { what: "a list of ports", most: 16, least: 1 }).default([
      443,
      6443,
    ]),
    "The ports that it has, at its own addresses and as a service.",
  ),
}, "an object, such as { ports: [6443] }");

/** The field `controller`. */
export const controller = object({
  replicas: field(
    count({ least: 1, most: 5 }).default(2),
    "How many there are. One acts, the others stand by.",
  ),
  resources: field(
    resources.prefault({ requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } }),
    "What each of its pods asks for.",
  ),
  podTemplate: field(podTemplate.prefault({}), "What else its pods have."),
  apiServer: field(apiServer.prefault({}), "Where the API server is."),
}, "an object, such as { replicas: 2 }");

const storage = object({
  size: field(
    bytes({ least: 64 * 1024 ** 2, most: 64 * 1024 ** 4 }).prefault("10Gi"),
    "How large the volume of a crew is.",
  ),
  className: field(
    objectName("a StorageClass").optional(),
    "Its StorageClass, one of block devices. Without it, the cluster's own.",
  ),
}, "an object, such as { size: 10Gi }");

/** The field `crew`. */
export const crew = object({
  namespaces: field(
    list(
      matching("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", { what: "the name of a namespace", most: 63 }),
      { what: "a list of namespaces", most: 500 },
    ).default(["default"]),
    "Namespaces with actors. Each has queues of its own, and so a crew for each transport whose address names no namespace.",
  ),
  replicas: field(
    count({ least: 1, most: 16 }).default(1),
    "How many there are of each member. More than one needs a store.",
  ),
  resources: field(
    resources.prefault({ requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } }),
    "What each member asks for.",
  ),
  podTemplate: field(podTemplate.prefault({}), "What else its pods have."),
  retention: field(
    duration({ least: HOUR_MS / 60, most: 10 * YEAR_MS, wholeSeconds: true })
      .prefault(timeText(DEFAULT_RETENTION.keepMs)),
    "How long what ended is kept.",
  ),
  keepIds: field(
    duration({ least: HOUR_MS / 60, most: 10 * YEAR_MS, wholeSeconds: true })
      .prefault(timeText(DEFAULT_RETENTION.keepIdsMs)),
    "How long the ids of that are known, so that a late repeat is one; at least as long.",
  ),
  storage: field(
    storage.prefault({}),
    "Without a store, the volume of each crew; it has a meaning then only.",
  ),
}, "an object, such as { namespaces: [shop] }");

/** The field, parsed. */
export type ControllerPods = z.output<typeof controller>;
/** The field, parsed. */
export type CrewSettings = z.output<typeof crew>;
