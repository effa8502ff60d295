/**
 * What the host of an actor is told: an `actor.yaml` as on a laptop, in which everything that comes from the cluster is
 * where its pod has it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { stringify } from "yaml";
import type { ClusterActor } from "../cluster_actor.ts";
import { API_VERSION } from "../resource.ts";
import type { ConfigMap } from "./objects.ts";
import { OWNED, type Permission } from "./permissions.ts";
import {
  COMPONENT_FOLDER,
  componentFile,
  filesFolder,
  headerFile,
  secretFile,
  SECRETS_FOLDER,
  SPEC_FILE,
  SPEC_FOLDER,
} from "./places.ts";
import { metadataOf, type Plan } from "./plan.ts";

/** What the controller has to be allowed for it. */
export const PERMISSION: Permission = { group: "", resource: "configmaps", verbs: OWNED };

/** The entry from which KEDA learns to speak TLS: it takes that from objects only, and not from its triggers. */
export const TLS_ENTRY = "keda-tls";

/** The ConfigMap of what the host is told. */
export function specConfigMap(plan: Plan): ConfigMap {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataOf(plan),
    data: {
      [SPEC_FILE]: hostSpec(plan.actor),
      ...(plan.queue.transport.tls === undefined ? {} : { [TLS_ENTRY]: "enable" }),
    },
  };
}

/** A hash of all that the pods have to be made anew for, and that their template does not show. */
export function specHash(plan: Plan): string {
  return createHash("sha256").update(hostSpec(plan.actor)).digest("hex");
}

/** It is asked for twice for each actor, and takes longer than all the rest. */
const hostSpecs = new WeakMap<ClusterActor, string>();

function hostSpec(actor: ClusterActor): string {
  const text = hostSpecs.get(actor) ?? writeSpec(actor);
  hostSpecs.set(actor, text);
  return text;
}

/** What the host is told, as YAML. An API server may give the same spec with its keys in another order. */
function writeSpec({ name, written }: ClusterActor): string {
  const { component, isolation, limits, grants, resiliency, rate } = written;
  const spec = {
    component: componentOf(component),
    isolation,
    limits,
    grants: grantsOf(grants),
    resiliency,
    rate,
  };
  return stringify({ apiVersion: API_VERSION, kind: "Actor", metadata: { name }, spec }, {
    lineWidth: 0,
    sortMapEntries: true,
    aliasDuplicateObjects: false,
  });
}

type Written = ClusterActor["written"];

function componentOf({ oci, url, configMap, sha256 }: Written["component"]) {
  if (configMap === undefined) return { oci, url, sha256 };
  // The host takes paths that start at the folder of the spec.
  const up = SPEC_FOLDER.split("/").slice(1).map(() => "..").join("/");
  return { file: `${up}${COMPONENT_FOLDER}/${componentFile(configMap.key ?? "")}`, sha256 };
}

function grantsOf(grants: Written["grants"]) {
  if (grants === undefined) return undefined;
  const { secrets, http, files, ...others } = grants;
  return {
    ...others,
    ...(secrets === undefined ? {} : {
      secrets: Object.fromEntries(
        Object.keys(secrets).map((name) => [name, { file: `${SECRETS_FOLDER}/${secretFile(name)}` }]),
      ),
    }),
    ...(http === undefined ? {} : { http: http.map(ruleOf) }),
    ...(files === undefined ? {} : {
      files: files.map(({ path, persistentVolumeClaim }, i) => ({
        path,
        // What is mounted of objects is reached through links; behind this one are plain files.
        from: persistentVolumeClaim === undefined ? `${filesFolder(i)}/..data` : filesFolder(i),
      })),
    }),
  };
}

/** Headers by name, in the order by which their files are numbered. */
export function inOrder<T>(headers: Readonly<Record<string, T>>): [name: string, value: T][] {
  return Object.entries(headers).sort(([a], [b]) => a < b ? -1 : 1);
}

function ruleOf(given: unknown, i: number): unknown {
  const rule = given as { readonly headers?: Readonly<Record<string, { readonly prefix?: string }>> };
  if (rule.headers === undefined) return rule;
  const headers = inOrder(rule.headers).map(([name, { prefix }], header) => [
    name,
    { prefix, from: { file: `${SECRETS_FOLDER}/${headerFile(i, header)}` } },
  ]);
  return { ...rule, headers: Object.fromEntries(headers) };
}
