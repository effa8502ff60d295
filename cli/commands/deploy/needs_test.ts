import { assert, assertEquals } from "@std/assert";
import { installation } from "@troupe/controller/install";
import type { KubeObject } from "@troupe/controller/kube";
import { parseSettings } from "@troupe/controller/settings";
import { needLines, needsOf, pluralOf } from "./needs.ts";
import { settingsText } from "./_testing.ts";

const settings = parseSettings(settingsText(), { file: "cluster.yaml" });
const installed = installation(settings) as unknown as KubeObject[];

Deno.test("kinds by the names that roles have for them", () => {
  assertEquals(
    ["Actor", "NetworkPolicy", "StatefulSet", "StorageClass", "PodDisruptionBudget"].map(pluralOf),
    ["actors", "networkpolicies", "statefulsets", "storageclasses", "poddisruptionbudgets"],
  );
});

Deno.test("without the controller, all that it takes is in the namespace of the actors", () => {
  const { needs, grants } = needsOf({
    namespace: "shop",
    installation: [],
    makesNamespace: false,
    prune: true,
  });
  assertEquals(needLines(needs), [
    "actors.troupe.dev in shop: create, delete, get, list, patch, watch",
    "configmaps in shop: create, delete, get, list, patch",
  ]);
  assertEquals(grants, []);
});

Deno.test("with it, each object may be looked at, made and changed, and each role given", () => {
  const { needs, grants } = needsOf({
    ...{ namespace: "shop", installation: installed, makesNamespace: true, prune: false },
  });
  const lines = needLines(needs);
  for (const { kind } of installed) {
    assert(lines.some((line) => line.startsWith(pluralOf(kind)) && line.includes("create, get")), kind);
  }
  assert(lines.includes("namespaces: create, get, patch"));
  assertEquals(grants.map(({ role, either: { verb } }) => `${verb} ${role}`), [
    "escalate ClusterRole troupe-controller",
    "bind ClusterRole troupe-controller",
    "escalate Role troupe-controller",
    "bind Role troupe-controller",
    "escalate ClusterRole troupe-actors-view",
    "escalate ClusterRole troupe-actors-edit",
  ]);
  const own = grants.find(({ role }) => role === "Role troupe-controller");
  assert(own?.or.every(({ resource, namespace }) => resource === "leases" && namespace === "troupe-system"));
});

Deno.test("to remove what is not wanted any more takes more, but nothing of namespaces and the definition", () => {
  const of = (prune: boolean) =>
    needLines(needsOf({ namespace: "shop", installation: installed, makesNamespace: false, prune }).needs);
  const more = of(true).filter((line) => !of(false).includes(line));
  assert(more.includes("configmaps in troupe-system: create, delete, get, list, patch"));
  assert(more.every((line) => !/^(namespaces|customresource)/.test(line)), more.join());
});
