import { assertEquals } from "@std/assert";
import type { KubeObject } from "@troupe/controller/kube";
import { parseAllDocuments } from "yaml";
import { conflictText } from "./changes.ts";
import { PLAIN } from "./_testing.ts";
import { stepLines } from "./tell.ts";
import { actorObject, asYaml, inOrder, nameOf } from "./wanted.ts";

const object = (kind: string, name = "a"): KubeObject => ({ apiVersion: "v1", kind, metadata: { name } });

Deno.test("what others need comes first, actors come last, and the rest stays in its order", () => {
  const kinds = ["Actor", "Deployment", "RoleBinding", "NetworkPolicy", "ConfigMap", "Role", "Namespace"];
  const more = ["CustomResourceDefinition", "ServiceAccount"];
  assertEquals(inOrder([...kinds, ...more].map((kind) => object(kind))).map(({ kind }) => kind), [
    ...["Namespace", "CustomResourceDefinition", "ServiceAccount", "Role", "RoleBinding", "ConfigMap"],
    ...["Deployment", "NetworkPolicy", "Actor"],
  ]);
});

Deno.test("an actor gets its namespace, the mesh's label, and the place of its component", () => {
  const manifest = {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "split", labels: { team: "shop" } },
    spec: { component: { file: "split.wasm" }, limits: { timeout: "2s" } },
  } as const;
  const place = { mesh: "shop", namespace: "mesh" };
  const made = actorObject(manifest, { ...place, component: { oci: "registry.example.com/a" } });
  assertEquals(made, {
    apiVersion: "troupe.dev/v1alpha1",
    kind: "Actor",
    metadata: { name: "split", namespace: "mesh", labels: { team: "shop", "troupe.dev/mesh": "shop" } },
    spec: { component: { oci: "registry.example.com/a" }, limits: { timeout: "2s" } },
  });
  assertEquals(nameOf(made), "Actor mesh/split");
});

Deno.test("YAML has each object as a document, and nothing is lost", () => {
  const text = "several\nlines: {}\n";
  const objects = [
    { ...object("ConfigMap"), data: { text, number: "1", long: "x ".repeat(200) } },
    object("Role"),
  ];
  assertEquals(parseAllDocuments(asYaml(objects)).map((document) => document.toJS()), objects);
});

Deno.test("a conflict says the field and whose it is", () => {
  const actor = { ...object("Actor"), metadata: { name: "split", namespace: "mesh" } };
  assertEquals(
    conflictText(actor, {
      field: ".spec.scaling.max",
      message: 'conflict with "tuner" using troupe.dev/v1alpha1',
    }),
    "Actor mesh/split: spec.scaling.max is set by tuner",
  );
  assertEquals(conflictText(actor, { field: ".a", message: "?" }), "Actor mesh/split: a is set by ?");
});

Deno.test("a step has a sign, what to do stands below, and nothing steers a terminal", () => {
  assertEquals(stepLines({ state: "bad", text: "it is \u001b[2Jnot there", advice: "one\ntwo" }, PLAIN), [
    "✗ it is \\x1b[2Jnot there",
    "  one",
    "  two",
  ]);
  assertEquals(stepLines({ state: "ok", text: "a" }, PLAIN), ["✓ a"]);
});
