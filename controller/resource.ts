/**
 * The `Actor` resource: what an `actor.yaml` may say, here and in a cluster. The custom resource definition and the
 * reference in the documentation are made of it (`crd/`).
 *
 * @module
 */

import { z } from "zod";
import { field, inCluster, withRules } from "./_schema.ts";
import { actorName, flag, literal, matching, NAME_RULES, object, rate, wants, word } from "./_fields.ts";
import { component } from "./component_resource.ts";
import { grants } from "./grants_resource.ts";
import { limits } from "./limits_resource.ts";
import { podTemplate, resources } from "./pod_resource.ts";
import { OTHER_ACTORS, resiliency, wantsOtherActors } from "./resiliency_resource.ts";
import { scaling } from "./scaling_resource.ts";

/** The version of the resource that is read here. */
export const API_VERSION = "troupe.dev/v1alpha1";

const texts = z.record(z.string(), z.string(), wants("an object of texts"));

const metadata = object({
  name: field(actorName, "Name of the actor, and of its queue."),
  namespace: field(
    z.string(wants("a name")).optional(),
    "The namespace in a cluster; a local mesh has none.",
  ),
  labels: field(texts.optional(), "For whoever looks after it; without a meaning here."),
  annotations: field(texts.optional(), "For whoever looks after it; without a meaning here."),
}, "an object with a name");

const spec = object({
  component: field(component, "Where the component is, and which one it is."),
  transport: inCluster(
    matching("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", {
      what: "the name of a transport: lower-case letters, digits and hyphens",
      most: 63,
    }).default("default"),
    "Name of the transport that its queue is on, one of those in the controller's settings.",
  ),
  isolation: field(
    word(["fresh", "reuse"]).default("fresh"),
    "Whether each envelope gets an instance of its own, or one serves many.",
  ),
  limits: field(
    limits.prefault({}),
    "What bounds it. Reaching a limit ends the hop with an error of its own.",
  ),
  grants: field(
    grants.prefault({}),
    "What it may do beyond computing. What does not stand here does not exist for it.",
  ),
  resiliency: field(resiliency.prefault({}), "What is done about failures."),
  rate: field(
    rate.optional(),
    "How often it may run, all of its replicas together, such as 100/m. Without it, as often as there is something to do.",
  ),
  scaling: inCluster(scaling.prefault({}), "How many replicas there are."),
  resources: inCluster(resources.prefault({}), "What its pods ask of a node."),
  podTemplate: inCluster(podTemplate.prefault({}), "What else is different about its pods."),
  queuePolicy: inCluster(
    word(["Keep", "Delete"]).default("Keep"),
    "What becomes of its queue when the actor is deleted. Delete: it goes too, once it is empty.",
  ),
  suspend: inCluster(
    flag().default(false),
    "Runs no replicas. Envelopes wait in the queue until this is taken back.",
  ),
}, "an object with a component");

/**
 * The resource. Parsing fills in what is not said, sizes become bytes and times milliseconds. What only a cluster refuses,
 * or only a local mesh, is in `place_rules.ts`.
 */
export const ActorResource = withRules(
  object({
    apiVersion: literal(API_VERSION),
    kind: literal("Actor"),
    metadata,
    spec: field(spec, "What the actor is to be."),
  }, `an object with apiVersion, kind, metadata and spec`),
  [
    // Names of objects may be longer, and hold dots; here the name is that of a queue and a part of routes.
    ...NAME_RULES.map(({ about, message }) => ({
      cel: about("self.metadata.name"),
      message: `metadata.name ${message}`,
    })),
    OTHER_ACTORS,
  ],
).superRefine(wantsOtherActors);

/** The resource, parsed. */
export type ActorResource = z.infer<typeof ActorResource>;

/** The resource as it is written, before anything is filled in. */
export type ActorManifest = z.input<typeof ActorResource>;

/** Fields that the design has and this version has not, by path: they are refused by name. */
export const NOT_YET: ReadonlySet<string> = new Set(["spec.component.persistentVolumeClaim"]);

/** Fields that people look for, and where what they mean is. */
export const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["spec.env", "is spec.grants.env: move it there"],
  ["spec.component.image", "is spec.component.oci, with a digest: rename it"],
  ["spec.replicas", "is spec.scaling.min and spec.scaling.max"],
  ["status", "is written by the controller: remove it"],
]);
