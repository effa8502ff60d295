import { assertEquals } from "@std/assert";
import { readClusterActor } from "../cluster_actor.ts";
import { actorSchema } from "./actor_schema.ts";
import type { FieldSchema } from "./json_schema.ts";

const MINIMAL = {
  apiVersion: "troupe.dev/v1alpha1",
  kind: "Actor",
  metadata: { name: "split", namespace: "shop", uid: "u", generation: 1 },
  spec: {
    component: { configMap: { name: "a" }, sha256: "ab".repeat(32) },
    grants: {
      http: [{ host: "a.example" }],
      files: [{ path: "/a", configMap: "a" }],
      secrets: { A: { secretKeyRef: { name: "a", key: "b" } } },
    },
    resiliency: { policies: { slow: {} } },
    scaling: {
      fallback: { replicas: 1 },
      advanced: { modifiers: { formula: "queue", target: "5" } },
      triggers: [{ name: "load", type: "cpu", metadata: {} }],
    },
  },
};

/** What an API server makes of an object: what has a default and is not there is put in. */
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

/** The fields that there are, by path. */
function paths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(path === "" ? [] : [path]),
    ...paths(item, `${path}.${name}`),
  ]);
}

Deno.test("an API server fills in what is filled in here, and everything of it", () => {
  const stored = filled(MINIMAL, actorSchema()) as typeof MINIMAL;
  const here = readClusterActor(MINIMAL).spec;
  assertEquals(readClusterActor(stored).spec, here);
  assertEquals(new Set(paths(stored.spec)), new Set(paths(here)));
});
