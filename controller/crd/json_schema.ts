/**
 * From a zod schema to one as custom resource definitions have it: structural, without references and alternatives.
 *
 * @module
 */

import { z } from "zod";
import { type CelRule, KIND, longFormOf, OVERRIDES, RULES, WHERE, type Where } from "../_schema.ts";

/** A structural schema, with what the documentation makes of it. */
export interface FieldSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: FieldSchema;
  readonly items?: FieldSchema;
  readonly [RULES]?: readonly CelRule[];
  readonly [WHERE]?: Where;
  readonly [KIND]?: string;
  readonly "x-kubernetes-int-or-string"?: true;
  readonly "x-kubernetes-preserve-unknown-fields"?: true;
  readonly "x-kubernetes-list-type"?: "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

/** What zod says that a structural schema may not. */
const NOT_STRUCTURAL = [
  "$schema",
  "$ref",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "const",
  "propertyNames",
  "nullable",
];

type Json = Record<string, unknown>;

/**
 * The schema of what can be written, before anything is filled in.
 *
 * @throws {TypeError} when a part of it has no structural form: it is named.
 */
export function fieldSchemaOf(schema: z.ZodType): FieldSchema {
  return structural(written(schema), "") as FieldSchema;
}

function written(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
    override({ zodSchema, jsonSchema }) {
      const long = longFormOf(zodSchema);
      // Its own description and default stay.
      if (long) Object.assign(jsonSchema, { ...written(long), ...jsonSchema });
    },
  }) as Json;
}

function structural(given: Json, path: string): Json {
  const { [OVERRIDES]: overrides, ...rest } = given;
  const { const: only, properties, items, additionalProperties, ...schema } = {
    ...rest,
    ...overrides as Json | undefined,
  } as Json;
  delete schema["$schema"];
  delete schema["propertyNames"];
  if (schema["x-kubernetes-int-or-string"]) {
    delete schema["type"];
    delete schema["anyOf"];
  }
  for (const word of NOT_STRUCTURAL) {
    if (word in schema) throw new TypeError(`${path || "the schema"} has ${word}, and so is not structural`);
  }
  if (Array.isArray(schema["type"])) {
    throw new TypeError(`${path} can be of several types, and so is not structural`);
  }
  return {
    ...schema,
    ...(only === undefined ? {} : { enum: [only] }),
    ...(properties === undefined ? {} : {
      properties: Object.fromEntries(
        Object.entries(properties as Json).map(([name, property]) => [
          name,
          structural(property as Json, path === "" ? name : `${path}.${name}`),
        ]),
      ),
    }),
    ...(items === undefined ? {} : { items: structural(items as Json, `${path}[]`) }),
    ...(typeof additionalProperties === "object" && additionalProperties !== null
      ? { additionalProperties: structural(additionalProperties as Json, `${path}.*`) }
      : {}),
  };
}

/** A schema without what is there for the documentation alone. */
export function bare(schema: FieldSchema): FieldSchema {
  const { [WHERE]: _where, [KIND]: _kind, properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined ? {} : {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, bare(part)])),
    }),
    ...(items === undefined ? {} : { items: bare(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: bare(additionalProperties) }),
  };
}

/** A schema with something changed at a path, such as `spec.grants.secrets.*`. @throws {TypeError} where nothing is there */
export function changedAt(
  schema: FieldSchema,
  parts: readonly string[],
  change: (part: FieldSchema) => FieldSchema,
): FieldSchema {
  const [part, ...rest] = parts;
  if (part === undefined) return change(schema);
  const { items, additionalProperties, properties } = schema;
  if (part === "*" && items) return { ...schema, items: changedAt(items, rest, change) };
  if (part === "*" && additionalProperties) {
    return { ...schema, additionalProperties: changedAt(additionalProperties, rest, change) };
  }
  const property = properties?.[part];
  if (!property) throw new TypeError(`There is no ${part} where a rule is to be added`);
  return { ...schema, properties: { ...properties, [part]: changedAt(property, rest, change) } };
}
