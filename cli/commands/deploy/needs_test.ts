import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parse } from "yaml";
import { installation } from "@troupe/controller/install";
import type { KubeObject } from "@troupe/controller/kube";
import { parseSettings } from "@troupe/controller/settings";
import { type Need, needLines, needsOf, needText, pluralOf } from "./needs.ts";
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
  const kept = needsOf({ namespace: "shop", installation: [], makesNamespace: false, prune: false });
  assertEquals(needLines(kept.needs)[0], "actors.troupe.dev in shop: create, get, list, patch, watch");
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

interface Role {
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

const page = await Deno.readTextFile(fromFileUrl(new URL("../../../docs/deploy.md", import.meta.url)));
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);

Deno.test("docs/deploy.md: its roles allow all of it, and its settings can be read", () => {
  const roles = blocks.map((text) => parse(text) as Role).filter(({ kind }) => kind === "ClusterRole");
  assertEquals(roles.map(({ metadata }) => metadata?.name), ["troupe-installer", "troupe-deployer"]);
  const allows = (need: Need, ...some: readonly (Role | undefined)[]) =>
    some.some((role) =>
      role?.rules.some(({ apiGroups, resources, resourceNames, verbs }) =>
        apiGroups.includes(need.group) && resources.includes(need.resource) && verbs.includes(need.verb) &&
        (resourceNames === undefined || resourceNames.includes(need.name ?? ""))
      )
    );
  const [installer, deployer] = roles;
  const own = needsOf({ namespace: "shop", installation: [], makesNamespace: false, prune: true });
  for (const need of own.needs) assert(allows(need, deployer), needText(need));
  const all = needsOf({ namespace: "shop", installation: installed, makesNamespace: true, prune: true });
  const either = all.grants.map(({ either }) => either);
  for (const need of [...all.needs, ...either]) assert(allows(need, installer, deployer), needText(need));
  const [text = ""] = blocks;
  assertEquals(parseSettings(text, { file: "docs/deploy.md" }).crew.namespaces, ["shop"]);
});
