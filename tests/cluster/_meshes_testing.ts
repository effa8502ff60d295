/**
 * Meshes for tests of deployments.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { assertEquals } from "@std/assert";
import { actor } from "../../host/component/_testing/components.ts";
import type { CommandRun } from "../../cli/commands/_testing.ts";
import type { DeploySite, Person, PersonOptions } from "./_deploy_testing.ts";

/** The kind of actors. */
export const ACTOR = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor" } as const;
/** The kind of what components lie in. */
export const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" } as const;
/** A component in a registry, which nobody here looks for. */
export const OCI = `registry.example.com/shop/far@sha256:${"a".repeat(64)}`;
/** The component of an actor that returns what it gets, of some hundred bytes. */
export const SMALL = await actor();

/** Files of a mesh, by their paths. */
export type MeshFiles = Readonly<Record<string, string | Uint8Array>>;

/** An actor.yaml. */
export function actorYaml(name: string, spec: Record<string, unknown>): string {
  return JSON.stringify({ ...ACTOR, metadata: { name }, spec });
}

/** An actor whose component nobody has to build. */
export function far(name: string, spec: Record<string, unknown> = {}): Record<string, string> {
  return { [`${name}/actor.yaml`]: actorYaml(name, { component: { oci: OCI }, ...spec }) };
}

/** A mesh.yaml. */
export function meshYaml(name: string): string {
  return `apiVersion: troupe.dev/v1alpha1\nkind: Mesh\nmetadata: { name: ${name} }\n`;
}

/** What a person reads. */
export function textOf({ stdout, stderr }: CommandRun): string {
  return `${stdout}${stderr}`;
}

/** The spec of an object. */
export function specOf(object: KubeObject): Record<string, Record<string, unknown>> {
  return object.spec as Record<string, Record<string, unknown>>;
}

/** Names of the actors of a namespace. */
export async function actorsIn({ client }: DeploySite, namespace: string): Promise<(string | undefined)[]> {
  return (await client.list(ACTOR, { namespace })).items.map(({ metadata }) => metadata.name);
}

/** What components of a namespace lie in. */
export async function componentsIn(
  { client }: DeploySite,
  namespace: string,
): Promise<readonly KubeObject[]> {
  return (await client.list(CONFIG_MAP, { namespace, labelSelector: "troupe.dev/component-of" })).items;
}

/** Brings the controller and the crew with a first mesh, and starts the controller. */
export async function install(site: DeploySite): Promise<void> {
  const namespace = await site.control.makeNamespace();
  await Promise.all([site.bringKeda(), site.makeSecrets(namespace)]);
  const dir = await site.mesh({ "cluster.yaml": site.settings([namespace]), ...far("first") });
  const person = await site.person(namespace, { installer: true });
  const [installed] = await Promise.all([site.run(person, ["deploy", dir]), site.startController()]);
  assertEquals(installed.code, 0, textOf(installed));
}

/** A mesh of actors alone, where the controller is there, and a person who may deploy it. */
export interface ActorsOnly {
  readonly dir: string;
  readonly person: Person;
  /** Deploys it. */
  readonly deploy: (...args: string[]) => Promise<CommandRun>;
}

/** Makes it. */
export async function actorsOnlyMesh(
  site: DeploySite,
  { namespace, files, ...options }: PersonOptions & {
    readonly namespace: string;
    readonly files: MeshFiles;
  },
): Promise<ActorsOnly> {
  await Promise.all([site.bringKeda(), site.makeSecrets(namespace)]);
  const dir = await site.mesh({ "mesh.yaml": meshYaml("shop"), ...files });
  const person = await site.person(namespace, options);
  return {
    dir,
    person,
    deploy: (...args) => site.run(person, ["deploy", dir, "--actors-only", ...args]),
  };
}
