/**
 * Objects of a cluster, as they travel: of every kind, with every key that they have.
 *
 * @module
 */

import { z } from "zod";

const MetadataSchema = z.looseObject({
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z.array(z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    name: z.string(),
    uid: z.string(),
    controller: z.boolean().optional(),
    blockOwnerDeletion: z.boolean().optional(),
  })).optional(),
});

/** What every object has, and whatever else it has. */
export const KubeObjectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: MetadataSchema,
});

/** An object as it comes from the API server, or goes to it. What lies beyond `metadata` has to be parsed by whoever wants it. */
export type KubeObject = z.infer<typeof KubeObjectSchema>;

/** Lists leave the version and the kind of their items out. */
export const KubeListSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.looseObject({ metadata: MetadataSchema })),
});

/** A kind of objects. */
export interface Kind {
  /** Such as `v1` or `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
}

/** Which object is meant. */
export interface ObjectRef extends Kind {
  readonly name: string;
  /** Left out of objects that belong to no namespace. */
  readonly namespace?: string | undefined;
}

/**
 * Which object this is.
 *
 * @throws {TypeError} when it has no name.
 *
 * @example
 * ```ts
 * import { refOf } from "@troupe/controller/kube";
 * import { assertEquals } from "@std/assert";
 *
 * const ref = refOf({ apiVersion: "v1", kind: "Secret", metadata: { name: "broker", namespace: "mesh" } });
 * assertEquals(ref, { apiVersion: "v1", kind: "Secret", name: "broker", namespace: "mesh" });
 * ```
 */
export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  if (name === undefined) throw new TypeError(`a ${kind} without metadata.name`);
  return { apiVersion, kind, name, ...namespace === undefined ? {} : { namespace } };
}
