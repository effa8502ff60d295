/**
 * Actors as an API server would give them.
 *
 * @module
 */

import { actorSchema } from "./actor_schema.ts";
import type { FieldSchema } from "./json_schema.ts";

const SCHEMA = actorSchema();

/** An Actor with what an API server adds: who it is, and everything that has a default and is not there. */
export function stored(
  spec: Readonly<Record<string, unknown>>,
  { name = "split", namespace = "shop" }: { readonly name?: string; readonly namespace?: string } = {},
): Record<string, unknown> {
  return filled({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name, namespace, uid: "0b8d1f5e-9a35-4a51-8a35-6c2f0f7f9d11", generation: 1 },
    spec,
  }, SCHEMA) as Record<string, unknown>;
}

function filled(value: unknown, schema: FieldSchema): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, schema.items ?? {}));
  if (typeof value !== "object" || value === null) return value;
  const given: Record<string, unknown> = { ...value };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (given[name] === undefined && property.default !== undefined) given[name] = property.default;
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, item]) => [
      name,
      filled(item, schema.properties?.[name] ?? schema.additionalProperties ?? {}),
    ]),
  );
}
