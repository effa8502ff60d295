import { assertEquals } from "@std/assert";
import { readClusterActor } from "../cluster_actor.ts";
import { stored } from "./stored_testing.ts";

const SPEC = {
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
};

/** The fields that there are, by path. */
function paths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, item]) => paths(item, `${path}.${name}`));
  return path === "" ? inner : [path, ...inner];
}

Deno.test("an API server fills in what is filled in here, and everything of it", () => {
  const object = stored(SPEC);
  const here = readClusterActor({ ...object, spec: SPEC }).spec;
  assertEquals(readClusterActor(object).spec, here);
  assertEquals(new Set(paths(object["spec"])), new Set(paths(here)));
});
