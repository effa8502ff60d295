// The controller without one verb of its roles: for each verb of each resource that is in them. What it may do with objects of
// a namespace it is given by a role there, so that one controller is seen without another verb in each of many namespaces;
// lists and watches are of all namespaces, so that each of those takes a start.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FIELD_MANAGER, OWNED_KINDS, type Permission, PERMISSIONS } from "@troupe/controller/build";
import { type KubeObject, refOf } from "@troupe/controller/kube";
import { lacksRabbitmq, RabbitmqServer } from "../servers/rabbitmq.ts";
import {
  actorOf,
  childOf,
  comes,
  ControllerSite,
  foreignObject,
  installKedaKinds,
} from "./_controller_testing.ts";
import type { LoggedProcess } from "./_logged_process.ts";
import { lacksControlPlane } from "./binary.ts";
import { clusterTests } from "./cluster_tests.ts";
import { ControlPlane } from "./control_plane.ts";
import { exists, gone } from "./until.ts";

const PATIENT = { patienceMs: 60_000 };
const BY_TEST = { fieldManager: "test", force: true };
const OF_ALL = ["list", "watch"];
const RBAC = "rbac.authorization.k8s.io/v1";
const NAME = "split";

interface Lacking {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

const allOf = (which: (verb: string) => boolean): Lacking[] =>
  PERMISSIONS.flatMap(({ verbs, ...place }) => verbs.filter(which).map((verb) => ({ ...place, verb })));
const pluralOf = (kind: string) => kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
const kindOf = (resource: string) => OWNED_KINDS.find(({ kind }) => pluralOf(kind) === resource)?.kind;
const isOfScaling = (resource: string) => ["scaledobjects", "triggerauthentications"].includes(resource);

/** The rules of some permissions, without one verb. */
function rulesOf(permissions: readonly Permission[], lacking?: Lacking) {
  return permissions.map(({ group, resource, verbs }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: verbs.filter((verb) =>
      verb !== lacking?.verb || resource !== lacking.resource || group !== lacking.group
    ),
  })).filter(({ verbs }) => verbs.length > 0);
}

if (!await lacksControlPlane() && !lacksRabbitmq()) {
  // Some clusters ask for more of whoever names an owner.
  const flags = { apiserver: ["--enable-admission-plugins=OwnerReferencesPermissionEnforcement"] };
  const [control, broker] = await Promise.all([ControlPlane.start({ flags }), RabbitmqServer.start()]);
  const { client } = control;
  const site = await ControllerSite.make(control, broker);
  await installKedaKinds(client);
  Deno.test.afterAll(async () => {
    await Promise.all([control.stop(), broker.stop()]);
  });
  const test = clusterTests(control);
  const split = (which: (verb: string) => boolean) =>
    PERMISSIONS.map(({ verbs, ...rest }) => ({ ...rest, verbs: verbs.filter(which) }));
  const everywhere = split((verb) => OF_ALL.includes(verb));
  const inNamespaces = split((verb) => !OF_ALL.includes(verb));

  const setClusterRole = (rules: ReturnType<typeof rulesOf>) =>
    client.apply({ apiVersion: RBAC, kind: "ClusterRole", metadata: { name: FIELD_MANAGER }, rules }, {
      ...BY_TEST,
    });
  const setRole = async (namespace: string, rules: ReturnType<typeof rulesOf>) => {
    const metadata = { name: "test", namespace };
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "test" };
    const subjects = [{ kind: "ServiceAccount", name: FIELD_MANAGER, namespace: site.namespace }];
    await client.apply({ apiVersion: RBAC, kind: "Role", metadata, rules }, BY_TEST);
    await client.apply({ apiVersion: RBAC, kind: "RoleBinding", metadata, roleRef, subjects }, BY_TEST);
  };
  const isUp = async (namespace: string, name = NAME) => {
    const actor = actorOf(namespace, name);
    await comes(client, actor, ["QueueReady", "True"], PATIENT);
    await comes(client, actor, ["WorkloadReady", "True"], PATIENT);
    for (const { kind } of OWNED_KINDS) await exists(client, childOf(namespace, name, kind), PATIENT);
    await comes(client, actor, ["ScalingReady", "WaitsForKeda"], PATIENT);
  };

  /** What is seen without a verb, and, once it is given back, that all is well. */
  const withoutOne = async (controller: LoggedProcess, lacking: Lacking) => {
    const { resource, verb } = lacking;
    const namespace = await control.makeNamespace();
    const giveBack = () => setRole(namespace, rulesOf(inNamespaces));
    const said = `cannot ${verb} resource "${resource}"`;
    const logged = JSON.stringify(said).slice(1, -1);
    const saysCondition = async (type: string, text = said) => {
      const { message } = await comes(client, actor, [type, "KubeForbidden"], PATIENT);
      assertStringIncludes(message, text, JSON.stringify(lacking));
    };
    let actor: KubeObject = actorOf(namespace, NAME, { queuePolicy: "Delete" });
    if (verb === "delete") {
      await giveBack();
      actor = await client.create(actor);
      await isUp(namespace);
      await setRole(namespace, rulesOf(inNamespaces, lacking));
      await client.delete(refOf(actor));
      await saysCondition("QueueReady");
      await giveBack();
      await gone(client, refOf(actor), PATIENT);
      return;
    }
    await setRole(namespace, rulesOf(inNamespaces, lacking));
    const kind = kindOf(resource);
    const foreign = verb === "get" && kind ? childOf(namespace, NAME, kind) : undefined;
    // It is only looked at when something of its name is in the way.
    if (foreign) await client.create(foreignObject(foreign));
    actor = await client.create(actor);
    if (resource === "actors") {
      await saysCondition("QueueReady");
      await comes(client, actor, ["WorkloadReady", "True"], PATIENT);
    } else if (resource === "actors/status") {
      await controller.says(logged);
      for (const { kind } of OWNED_KINDS) await exists(client, childOf(namespace, NAME, kind), PATIENT);
    } else if (resource === "actors/finalizers") {
      await saysCondition("WorkloadReady", "set finalizers");
      await comes(client, actor, ["QueueReady", "True"], PATIENT);
    } else if (resource === "events") {
      await isUp(namespace);
      // An event that was told before is counted on.
      for (const transport of ["elsewhere", "default", "elsewhere", "default"]) {
        await client.merge(refOf(actor), { spec: { transport } });
        const [type, wanted] = transport === "default" ? ["QueueReady", "True"] : ["Ready", "BadSpec"];
        await comes(client, actor, [type as string, wanted as string], PATIENT);
      }
      await controller.says(logged);
    } else {
      const isScaling = isOfScaling(resource);
      await saysCondition(isScaling ? "ScalingReady" : "WorkloadReady");
      await comes(client, actor, ["QueueReady", "True"], PATIENT);
      if (isScaling) await comes(client, actor, ["WorkloadReady", "True"], PATIENT);
      else await exists(client, childOf(namespace, NAME, "ScaledObject"), PATIENT);
    }
    if (foreign) await client.delete(foreign);
    await giveBack();
    await isUp(namespace);
  };

  test("without any one verb of those for objects it says so, does the rest, and mends when it is given", async () => {
    await setClusterRole(rulesOf(everywhere));
    await using controller = await site.start("one", { workers: 16, leaseSeconds: 15 });
    await controller.says("it acts");
    const all = allOf((verb) => !OF_ALL.includes(verb));
    await Promise.all(all.map((lacking) =>
      withoutOne(controller, lacking).catch((cause) => {
        throw new Error(`without ${JSON.stringify(lacking)}`, { cause });
      })
    ));
    assertEquals((await controller.ask("/livez")).status, 200);
    assertEquals((await controller.log()).match(/"it acts"/g)?.length, 1);
    console.error(`${all.length} verbs`);
  });

  const lists = allOf((verb) => verb === "list");
  for (const [i, { resource, group }] of lists.entries()) {
    const { resource: other = "", group: otherGroup = "" } = lists[(i + 1) % lists.length] ?? {};
    test(`without the list of ${resource} and the watch of ${other} it says so, and mends`, async ({ namespace }) => {
      await setRole(namespace, rulesOf(inNamespaces));
      const rules = rulesOf(everywhere, { group, resource, verb: "list" })
        .map((rule) =>
          rule.resources[0] === other && rule.apiGroups[0] === otherGroup
            ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== "watch") }
            : rule
        );
      const before = await client.create(actorOf(namespace, "before"));
      await setClusterRole(rules.filter(({ verbs }) => verbs.length > 0));
      await using controller = await site.start("one", { leaseSeconds: 15 });
      for (const [verb, of] of [["list", resource], ["watch", other]]) {
        await controller.says(`cannot ${verb} resource \\"${of}\\"`);
      }
      if (kindOf(resource)) {
        const type = isOfScaling(resource) ? "ScalingReady" : "WorkloadReady";
        const { message } = await comes(client, before, [type, "KubeForbidden"], PATIENT);
        assertStringIncludes(message, `cannot list resource "${resource}"`);
        await comes(client, before, ["QueueReady", "True"], PATIENT);
      } else if (resource === "pods") await comes(client, before, ["WorkloadReady", "True"], PATIENT);
      assertEquals((await controller.ask("/livez")).status, 200);
      await setClusterRole(rulesOf(everywhere));
      await isUp(namespace, "before");
      await client.create(actorOf(namespace, "after"));
      await isUp(namespace, "after");
      assert(!(await controller.log()).includes("it does not act any more"));
    });
  }

  test("without its lease it stands by and says so, and acts when it may", async ({ namespace }) => {
    await setRole(namespace, rulesOf(inNamespaces));
    const role = { apiVersion: RBAC, kind: "Role", name: FIELD_MANAGER, namespace: site.namespace };
    const before = await client.get(role);
    for (const verb of ["create", "get", "update"]) {
      // Each one is of use only at another point of a lease's life.
      if (verb === "create") {
        const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: site.namespace };
        await client.delete({ ...lease, name: FIELD_MANAGER });
      }
      const [rule] = before.rules as { readonly verbs: readonly string[] }[];
      await client.merge(role, { rules: [{ ...rule, verbs: rule?.verbs.filter((each) => each !== verb) }] });
      await using controller = await site.start(`without-${verb}`);
      await controller.says(`cannot ${verb} resource \\"leases\\"`);
      assertEquals((await controller.ask("/readyz")).status, 503);
      await client.merge(role, { rules: before.rules });
      await controller.says("it acts");
    }
  });
}
