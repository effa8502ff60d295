/**
 * The custom resource definition of `Actor`.
 *
 * @module
 */

import { API_VERSION } from "../resource.ts";
import { actorSchema } from "./actor_schema.ts";
import { bare, type FieldSchema } from "./json_schema.ts";

const [GROUP = "", VERSION = ""] = API_VERSION.split("/");

/** Name of the custom resource definition. */
export const DEFINITION_NAME = `actors.${GROUP}`;

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** More than 0: only in `kubectl get -o wide`. */
  readonly priority?: number;
}

/** A custom resource definition, as far as this one goes. */
export interface CustomResourceDefinition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced";
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: FieldSchema };
      readonly subresources: { readonly status: Record<string, never> };
      readonly additionalPrinterColumns: readonly PrinterColumn[];
    }[];
  };
}

const ready = (part: string) => `.status.conditions[?(@.type=="Ready")].${part}`;

const COLUMNS: readonly PrinterColumn[] = [
  { name: "Ready", type: "string", jsonPath: ready("status"), description: "Whether all is as it is to be." },
  { name: "Reason", type: "string", jsonPath: ready("reason"), description: "Why, as one word." },
  {
    name: "Replicas",
    type: "integer",
    jsonPath: ".status.replicas",
    description: "Replicas that there are.",
  },
  {
    name: "Min",
    type: "integer",
    jsonPath: ".spec.scaling.min",
    description: "The least number of replicas.",
  },
  {
    name: "Max",
    type: "integer",
    jsonPath: ".spec.scaling.max",
    description: "The greatest number of replicas.",
  },
  {
    name: "Suspended",
    type: "boolean",
    jsonPath: ".spec.suspend",
    description: "Whether it is to run none.",
  },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp", description: "When it was made." },
  {
    name: "Queue",
    type: "string",
    jsonPath: ".status.queue",
    description: "Its queue on the broker.",
    priority: 1,
  },
  {
    name: "Component",
    type: "string",
    jsonPath: ".status.componentDigest",
    description: "The component that is rolled out.",
    priority: 1,
  },
  { name: "Message", type: "string", jsonPath: ready("message"), description: "Why, in words.", priority: 1 },
];

/** The custom resource definition of `Actor`. */
export function actorDefinition(): CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: DEFINITION_NAME },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: {
        kind: "Actor",
        listKind: "ActorList",
        plural: "actors",
        singular: "actor",
        // "ta" means KEDA's TriggerAuthentications.
        shortNames: ["tac"],
        categories: ["troupe"],
      },
      versions: [{
        name: VERSION,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: bare(actorSchema()) },
        subresources: { status: {} },
        additionalPrinterColumns: COLUMNS,
      }],
    },
  };
}
