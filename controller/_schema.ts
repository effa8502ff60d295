/**
 * What a schema says beside what it checks: words for people, and what an API server is to check by itself.
 *
 * One zod schema is read three ways: by whoever parses a resource here, by the generator of the custom resource definition,
 * and by that of the documentation (`crd/`).
 *
 * @module
 */

import { z } from "zod";

/** Something that has to hold of a value. An API server checks it by its CEL, and says the same as is said here. */
export interface Rule<T> {
  /** An expression over `self`, the value as it is written in a resource. */
  readonly cel: string;
  /** What is wrong and what to do, to be read behind the path of the field, such as `has to have either env or file`. */
  readonly message: string;
  /** The same, of the parsed value. @default the schema refuses it by itself */
  readonly holds?: (value: T) => boolean;
  /** The field of the value that it is reported at. @default the value itself */
  readonly field?: string;
}

/** A rule, as a custom resource definition has it. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/** Where a field has a meaning, if not everywhere: `cluster`, or `laptop`. */
export type Where = "cluster" | "laptop";

/** Name under which schemas carry the rules. */
export const RULES = "x-kubernetes-validations";
/** Name under which they carry what is different in a custom resource definition from what zod says of them. */
export const OVERRIDES = "x-troupe-overrides";
/** Name under which they carry where they have a meaning. */
export const WHERE = "x-troupe-where";

/** Name under which they carry what people call their kind, where it is none of JSON's: `size`, `time`, … */
export const KIND = "x-troupe-kind";

/** Name under which what can be written in several ways carries the long one: API servers take that alone. */
const LONG_FORM = "x-troupe-long-form";

/** A new schema, whose long form is this one. */
export function withLongForm<S extends z.ZodType>(schema: S, long: z.ZodType): S {
  // As a function, it is no part of what zod writes as JSON.
  return noted(schema, { [LONG_FORM]: () => long });
}

/** The long form of a schema; undefined when there is one form only. */
export function longFormOf(schema: z.core.$ZodType): z.ZodType | undefined {
  const give = z.globalRegistry.get(schema as z.ZodType)?.[LONG_FORM] as (() => z.ZodType) | undefined;
  return give?.();
}

/** The rules that a schema carries. */
export function rulesOf(schema: z.ZodType): readonly CelRule[] {
  return (z.globalRegistry.get(schema)?.[RULES] ?? []) as readonly CelRule[];
}

/** A schema that checks these too, after what it has checked so far. */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const local = rules.filter(({ holds }) => holds !== undefined);
  const checked = local.length === 0 ? schema : schema.superRefine((value, context) => {
    for (const { holds, message, field } of local) {
      if (holds?.(value)) continue;
      context.addIssue({ code: "custom", message, path: field === undefined ? [] : [field] });
    }
  });
  const added = rules.map(({ cel, message, field }) => ({
    rule: cel,
    message,
    ...(field === undefined ? {} : { fieldPath: `.${field}` }),
  }));
  const more = { ...z.globalRegistry.get(schema), [RULES]: [...rulesOf(schema), ...added] };
  return checked === schema ? schema.meta(more) as S : noted(checked, more);
}

/**
 * Notes more about a schema, which has to be one that nobody else has yet. A copy for each note, as `meta` makes it, would
 * be felt when a host starts.
 */
function noted<S extends z.ZodType>(schema: S, more: Readonly<Record<string, unknown>>): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), ...more });
  return schema;
}

/**
 * A new schema with what a custom resource definition says differently, such as `maxProperties`, which zod does not know.
 */
export function withOverrides<S extends z.ZodType>(
  schema: S,
  overrides: Readonly<Record<string, unknown>>,
): S {
  return noted(schema, { [OVERRIDES]: overrides });
}

/** A new schema, whose values people call something else than JSON does. */
export function withKind<S extends z.ZodType>(schema: S, kind: string): S {
  return noted(schema, { [KIND]: kind });
}

/** A schema with its description, for people. */
export function field<S extends z.ZodType>(schema: S, description: string, where?: Where): S {
  return schema.meta({
    ...z.globalRegistry.get(schema),
    description,
    ...(where === undefined ? {} : { [WHERE]: where }),
  }) as S;
}

/** A field of which only a cluster makes something; a local mesh takes no notice of it. */
export function inCluster<S extends z.ZodType>(schema: S, description: string): S {
  return field(schema, description, "cluster");
}

/** A field that only a local mesh has. */
export function onLaptop<S extends z.ZodType>(schema: S, description: string): S {
  return field(schema, description, "laptop");
}
