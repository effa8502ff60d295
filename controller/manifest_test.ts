import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { z } from "zod";
import { longFormOf } from "./_schema.ts";
import { ActorSpecError } from "./errors.ts";
import { readManifest } from "./manifest.ts";
import { ActorResource } from "./resource.ts";

function read(spec: unknown) {
  const text = JSON.stringify({
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "split" },
    spec: { component: { file: "build/split.wasm" }, ...spec as Record<string, unknown> },
  });
  return readManifest(text, { file: "split/actor.yaml" }).spec;
}

Deno.test("what has a short form gets the long one, and nothing else is touched", () => {
  const other = { host: "b.example", methods: ["GET"] };
  const { grants } = read({
    grants: { http: ["https://a.example:8443/v1", other, "http://c.example"], state: true, route: ["store"] },
  });
  assertEquals(grants as unknown, {
    http: [
      { host: "a.example", scheme: "https", port: 8443, path: "/v1" },
      other,
      { host: "c.example", scheme: "http", path: "/" },
    ],
    state: {},
    route: ["store"],
  });
  const written = { limits: { memory: "64Mi", timeout: "5s" }, scaling: { max: 3 } };
  assertEquals(read(written), { component: { file: "build/split.wasm" }, ...written });
  assertEquals(read({ grants: { state: { bucket: "carts" } } }).grants, { state: { bucket: "carts" } });
});

Deno.test("the fields that have a short form are these two", () => {
  const found: string[] = [];
  const visit = (schema: z.core.$ZodType, path: string): void => {
    if (longFormOf(schema)) found.push(path);
    const def = schema._zod.def as unknown as Record<string, unknown>;
    for (const key of ["innerType", "in", "element", "valueType"]) {
      if (def[key]) visit(def[key] as z.core.$ZodType, key === "element" ? `${path}[]` : path);
    }
    for (const [name, field] of Object.entries(def.shape ?? {})) {
      visit(field as z.core.$ZodType, `${path}.${name}`);
    }
  };
  visit(ActorResource, "");
  assertEquals([...new Set(found)].sort(), [".spec.grants.http[]", ".spec.grants.state"]);
});

Deno.test("what only a laptop can read is refused by line, but for the component", () => {
  const text = `apiVersion: troupe.dev/v1alpha1
kind: Actor
metadata: { name: split }
spec:
  component: { file: build/split.wasm }
  grants:
    secrets:
      KEY: { env: SHOP_KEY }
    files:
      - { path: /words, from: ./words }
  limts: {}
`;
  const { message } = assertThrows(() => readManifest(text, { file: "split/actor.yaml" }), ActorSpecError);
  assertStringIncludes(message, "did you mean limits?");
  const { message: rest } = assertThrows(
    () => readManifest(text.replace("limts", "limits"), { file: "split/actor.yaml" }),
    ActorSpecError,
  );
  assertStringIncludes(rest, "split/actor.yaml:8: spec.grants.secrets.KEY needs secretKeyRef in a cluster");
  assertStringIncludes(rest, "split/actor.yaml:10: spec.grants.files[0] needs one of configMap");
});
