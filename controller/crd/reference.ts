/**
 * The reference of the `Actor` resource, for the documentation.
 *
 * @module
 */

import { type CelRule, KIND, RULES, WHERE, type Where } from "../_schema.ts";
import { actorSchema } from "./actor_schema.ts";
import type { FieldSchema } from "./json_schema.ts";

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

/** The page. */
export function reference(): string {
  const { spec, status } = actorSchema().properties as Record<"spec" | "status", FieldSchema>;
  return [
    HEAD,
    ...[...parts({ path: "spec", schema: spec, where: undefined })].map(section),
    STATUS,
    section({
      path: "status",
      schema: status,
      where: "cluster",
    }),
    section({
      path: "status.conditions[]",
      schema: status.properties?.["conditions"]?.items ?? {},
      where: "cluster",
    }),
  ]
    .join("\n");
}

const STATUS = `# The status

Written by the controller alone; \`kubectl get ta\` shows the most of it.
`;

function* parts(part: Part): Generator<Part> {
  if (part.schema.properties) yield part;
  for (const [name, schema] of Object.entries(part.schema.properties ?? {})) {
    yield* parts({ path: `${part.path}.${name}`, schema, where: schema[WHERE] ?? part.where });
  }
  const { items, additionalProperties } = part.schema;
  if (items) yield* parts({ ...part, path: `${part.path}[]`, schema: items });
  if (additionalProperties) yield* parts({ ...part, path: `${part.path}.*`, schema: additionalProperties });
}

function section({ path, schema, where }: Part): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    [
      `\`${name}\``,
      kindOf(field, `${path}.${name}`),
      required.has(name) ? "*required*" : field.default === undefined ? "" : code(field.default),
      field[WHERE] ?? where ?? "",
      field.description ?? "",
    ].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")
  );
  const rules = (schema[RULES] ?? []).map(ruleLine);
  return [
    `## ${path}`,
    "",
    ...(schema.description && path !== "spec" ? [schema.description, ""] : []),
    "field | kind | default | where | what it is",
    "--- | --- | --- | --- | ---",
    ...rows,
    "",
    ...(rules.length === 0
      ? []
      : ["What is said when it is not as it has to be:", "", ...rules, ""]),
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
