/**
 * The schema of an Actor in a cluster.
 *
 * @module
 */

import type { z } from "zod";
import { field, RULES } from "../_schema.ts";
import { CLUSTER_RULES, partsOf } from "../place_rules.ts";
import { ActorResource } from "../resource.ts";
import { ActorStatus } from "../status_resource.ts";
import { changedAt, type FieldSchema, fieldSchemaOf } from "./json_schema.ts";

/** The schema, with the rules of a cluster and with the status. */
export function actorSchema(): FieldSchema {
  const resource = CLUSTER_RULES.reduce(
    (schema, { path, cel, message, field }) =>
      changedAt(schema, partsOf(path), (part) => ({
        ...part,
        [RULES]: [
          ...part[RULES] ?? [],
          { rule: cel, message, ...(field === undefined ? {} : { fieldPath: `.${field}` }) },
        ],
      })),
    fieldSchemaOf(ActorResource as z.ZodType),
  );
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...properties } = resource.properties ?? {};
  return {
    ...resource,
    description: "One actor of a mesh: a component, its queue, and any number of replicas that work it off.",
    required: ["spec"],
    properties: {
      // What an API server checks by itself, and lets nobody else describe.
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      ...properties,
      status: fieldSchemaOf(field(ActorStatus, "What the controller has seen and done.")),
    },
  };
}
