import { assertEquals } from "@std/assert";
import { DEFINITION_NAME } from "../crd/definition.ts";
import { built } from "./build_testing.ts";
import { GOLDEN } from "./golden_testing.ts";
import { OWNED_KINDS, PERMISSIONS, rbac } from "./rbac.ts";

const key = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }) =>
  `${apiVersion} ${kind}`;

Deno.test("the kinds that are looked after are those of which something is made", () => {
  const made = new Set(Object.values(GOLDEN).flatMap((given) => built(given).objects.map(key)));
  assertEquals(new Set(OWNED_KINDS.map(key)), made);
});

Deno.test("whatever is made may be made, and deleted", () => {
  for (const { apiVersion, kind } of OWNED_KINDS) {
    const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
    const plural = kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
    const found = PERMISSIONS.find((one) => one.group === group && one.resource === plural);
    assertEquals(found?.verbs, ["create", "delete", "get", "list", "patch", "watch"], `${group}/${plural}`);
  }
});

Deno.test("nothing is allowed of Secrets, of roles, of everything, or by any verb", () => {
  const rules = rbac("troupe-system").flatMap(({ rules = [] }) => rules);
  const words = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
  assertEquals(
    words.filter((word) => word === "*" || /secret|role|impersonate|escalate|bind/.test(word)),
    [],
  );
});

Deno.test("an actor is changed by its users, and its status by the controller alone", () => {
  const mayWrite = PERMISSIONS.filter(({ resource, verbs }) =>
    resource.startsWith("actors") && verbs.some((verb) => ["create", "delete", "update"].includes(verb))
  );
  assertEquals(mayWrite.map(({ resource, verbs }) => [resource, ...verbs]), [[
    "actors/finalizers",
    "update",
  ]]);
  assertEquals(PERMISSIONS[0]?.group, DEFINITION_NAME.split(".").slice(1).join("."));
});
