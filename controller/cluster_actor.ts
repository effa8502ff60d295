/**
 * An Actor as an API server gives it.
 *
 * @module
 */

import { z } from "zod";
import { ActorSpecError } from "./errors.ts";
import { CLUSTER_RULES, keeps } from "./place_rules.ts";
import { problemsOf } from "./read_resource.ts";
import { type ActorManifest, ActorResource } from "./resource.ts";
import { unknownActorField } from "./unknown_field.ts";

const ClusterActorResource = ActorResource.superRefine(keeps(CLUSTER_RULES));

const Identity = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    generation: z.int().default(0),
    deletionTimestamp: z.unknown().optional(),
    finalizers: z.array(z.string()).default([]),
  }),
});

/** What an object is, whatever its spec says. */
export interface ActorIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Counts the changes of its spec. */
  readonly generation: number;
  /** Whether it is being deleted. */
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
}

/** An Actor of a cluster, whose spec can be acted on. */
export interface ClusterActor extends ActorIdentity {
  /** Its spec; what is not said is filled in, sizes are bytes and times milliseconds. */
  readonly spec: ActorResource["spec"];
  /** The same as it is written. */
  readonly written: ActorManifest["spec"];
}

/** What an object is. @throws {z.ZodError} when it is none of an API server */
export function identityOf(object: unknown): ActorIdentity {
  const { deletionTimestamp, ...identity } = Identity.parse(object).metadata;
  return { ...identity, deleting: deletionTimestamp !== undefined && deletionTimestamp !== null };
}

/**
 * Reads an Actor of a cluster. An API server has checked most of it, and not all: what CEL cannot say, and what came in
 * before there was a rule.
 *
 * @throws {ActorSpecError} with everything that is wrong with its spec.
 */
export function readClusterActor(object: unknown): ClusterActor {
  const identity = identityOf(object);
  const { apiVersion, kind, spec } = object as Readonly<Record<string, unknown>>;
  const { name, namespace } = identity;
  const { data, error } = ClusterActorResource.safeParse({
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec,
  });
  if (!error) return { ...identity, spec: data.spec, written: spec as ActorManifest["spec"] };
  const place = {
    file: `actor ${namespace}/${name}`,
    lineOf: () => undefined,
    unknownField: unknownActorField,
  };
  throw new ActorSpecError(error.issues.flatMap((issue) => problemsOf(issue, place)), { cause: error });
}
