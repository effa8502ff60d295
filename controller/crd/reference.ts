/**
 * The references of the `Actor` resource and of the controller's settings, for the documentation.
 *
 * @module
 */

import type { z } from "zod";
import { type CelRule, KIND, RULES, WHERE, type Where } from "../_schema.ts";
import { SettingsSpec } from "../settings.ts";
import { actorSchema } from "./actor_schema.ts";
import { type FieldSchema, fieldSchemaOf } from "./json_schema.ts";

/** One object of the resource. */
interface Part {
  /** Such as `spec.grants.http[]`. */
  readonly path: string;
  readonly schema: FieldSchema;
  readonly where: Where | undefined;
}

const HEAD = `# The Actor resource

<!-- Made by "deno task generate" from controller/resource.ts: change that. -->

What an \`actor.yaml\` can say. The same file is read by a local mesh, by the host, and by an API server of
Kubernetes, where \`Actor\` is a custom resource (\`troupe.dev/v1alpha1\`, short name \`ta\`).

A field whose *where* is *cluster* is checked everywhere, and only a cluster makes something of it: a local mesh takes
no notice. One whose *where* is *laptop* belongs to a local mesh; a cluster refuses it, or asks for what it needs
beside it. Sizes are quantities of Kubernetes up to giga (\`128Mi\`, \`64k\`), times are numbers with units (\`1m30s\`).

What a file may shorten for a local mesh (\`state: true\`, an entry of \`http\` as a URL) is written out in a cluster.
API servers check what is said here when something is applied; what their rules cannot express, the controller tells
in the condition \`Ready\`.
`;

/** The page about the resource. */
export function reference(): string {
  const { spec, status } = actorSchema().properties as Record<"spec" | "status", FieldSchema>;
  return [
    HEAD,
    ...[...parts({ path: "spec", schema: spec, where: undefined })].map((part) =>
      section(part, { places: true })
    ),
    STATUS,
    ...[...parts({ path: "status", schema: status, where: "cluster" })].map((part) => section(part)),
  ].join("\n");
}

const STATUS = `# The status

Written by the controller alone; \`kubectl get tac\` shows the most of it.
`;

const SETTINGS = `# The settings of the controller

<!-- Made by "deno task generate" from controller/settings.ts: change that. -->

What whoever runs the cluster decides, and whoever writes an Actor does not: a file with
\`apiVersion: troupe.dev/v1alpha1\`, \`kind: ControllerSettings\` and a \`spec\`. No password stands in it; the Secrets
that it names are in each namespace that has actors, and only pods of hosts, and KEDA, read them.

Policies name addresses and pods, and no names of hosts. So every server has to be one that a policy can name: a
service of the cluster, written as \`NAME.NAMESPACE.svc\`, an address, or one with \`peers\`.
`;

/** The page about the settings of the controller. */
export function settingsReference(): string {
  const schema = fieldSchemaOf(SettingsSpec as z.ZodType);
  return [SETTINGS, ...[...parts({ path: "spec", schema, where: undefined })].map((part) => section(part))]
    .join("\n");
}

function* parts(part: Part): Generator<Part> {
  if (part.schema.properties) yield part;
  for (const [name, schema] of Object.entries(part.schema.properties ?? {})) {
    yield* parts({ path: `${part.path}.${name}`, schema, where: schema[WHERE] ?? part.where });
  }
  const { items, additionalProperties } = part.schema;
  if (items) yield* parts({ ...part, path: `${part.path}[]`, schema: items });
  if (additionalProperties) yield* parts({ ...part, path: `${part.path}.*`, schema: additionalProperties });
}

/** @param options `places`: whether to say where a field has a meaning. @default false */
function section({ path, schema, where }: Part, { places = false } = {}): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    [
      `\`${name}\``,
      kindOf(field, `${path}.${name}`),
      required.has(name) ? "*required*" : field.default === undefined ? "" : code(field.default),
      ...(places ? [field[WHERE] ?? where ?? ""] : []),
      field.description ?? "",
    ].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")
  );
  const rules = (schema[RULES] ?? []).map(ruleLine);
  return [
    `## \`${path}\``,
    "",
    ...(schema.description && path !== "spec" ? [schema.description, ""] : []),
    `field | kind | default | ${places ? "where | " : ""}what it is`,
    `--- | --- | --- | ${places ? "--- | " : ""}---`,
    ...rows,
    "",
    ...(rules.length === 0 ? [] : ["What is said when it is not as it has to be:", "", ...rules, ""]),
  ].join("\n");
}

function ruleLine({ message, fieldPath }: CelRule): string {
  return `- ${fieldPath === undefined ? "" : `(at \`${fieldPath.slice(1)}\`) `}${message}`;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function kindOf(schema: FieldSchema, path: string): string {
  const { type, items, additionalProperties, properties, minimum, maximum } = schema;
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema[KIND] !== undefined) return schema[KIND];
  if (items) return `list of ${plural(kindOf(items, `${path}[]`))}`;
  if (additionalProperties) return `map of ${plural(kindOf(additionalProperties, `${path}.*`))}`;
  if (properties) return `[object](#${path.replaceAll(/[.[\]*]/g, "").toLowerCase()})`;
  if (type === "string") return "text";
  if (type === "boolean") return "true or false";
  if (type === "integer" || type === "number") {
    return maximum === undefined || maximum >= 2 ** 31 - 1 ? "number" : `${minimum} to ${maximum}`;
  }
  return "object, as Kubernetes has it";
}

function plural(kind: string): string {
  return kind.startsWith("[object]")
    ? kind.replace("[object]", "[objects]")
    : kind === "text"
    ? "texts"
    : kind;
}
