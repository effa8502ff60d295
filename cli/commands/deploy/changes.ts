/**
 * What applying objects would change in a cluster. Nothing is written: the API server is asked what it would make of them.
 *
 * @module
 */

import {
  isKubeError,
  type KubeCause,
  type KubeClient,
  type KubeError,
  type KubeObject,
  refOf,
} from "@troupe/controller/kube";
import { Slots } from "@troupe/host/slots";
import { isComponent } from "./component_object.ts";
import { changesBetween, type Difference } from "./difference.ts";
import { DeployError } from "./errors.ts";
import { DEPLOYER, isDeployed, MESH_LABEL } from "./ours.ts";
import { nameOf } from "./wanted.ts";

/** How many objects are looked at, or applied, at once. */
export const AT_ONCE = 8;

/** What would become of an object. */
export interface ObjectChange {
  readonly object: KubeObject;
  readonly kind: "create" | "update" | "none";
  /** What is different, of an update. */
  readonly differences: readonly Difference[];
}

/** How objects are applied. */
export interface ChangeOptions {
  /** Takes fields that others have set. */
  readonly force: boolean;
  /** Namespaces that are not there yet. */
  readonly newNamespaces: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * What would become of each object.
 *
 * @throws {DeployError} `troupe.DeployConflict` with all fields that others have set, and objects that are others'.
 * @throws {KubeError} `troupe.KubeInvalid` for an object that the API server does not take.
 */
export async function changesOf(
  client: KubeClient,
  objects: readonly KubeObject[],
  options: ChangeOptions,
): Promise<ObjectChange[]> {
  const slots = new Slots(AT_ONCE);
  const conflicts: string[] = [];
  const changes = await Promise.all(objects.map((object) =>
    slots.use(async () => {
      try {
        return await changeOf(client, object, options);
      } catch (error) {
        if (error instanceof DeployError) conflicts.push(error.message);
        else if (isFieldConflict(error)) {
          conflicts.push(...error.causes.map((cause) => conflictText(object, cause)));
        } else throw error;
        return undefined;
      }
    })
  ));
  if (conflicts.length > 0) {
    throw new DeployError(
      "troupe.DeployConflict",
      `others have a part in what is deployed; nothing was written:\n${
        conflicts.sort().map((line) => `- ${line}`).join("\n")
      }\nSettle with them who says it, or take it with --force-conflicts.`,
    );
  }
  return changes.filter((change) => change !== undefined);
}

async function changeOf(
  client: KubeClient,
  object: KubeObject,
  { force, newNamespaces, signal }: ChangeOptions,
): Promise<ObjectChange> {
  const created: ObjectChange = { object, kind: "create", differences: [] };
  if (newNamespaces.has(object.metadata.namespace ?? "")) return created;
  let live: KubeObject | undefined;
  try {
    live = await client.find(refOf(object), { signal });
  } catch (error) {
    // Its definition is among what is deployed.
    if (isKubeError(error, "troupe.KubeUnknownKind")) return created;
    throw error;
  }
  if (live?.metadata.deletionTimestamp !== undefined) {
    throw new DeployError(
      "troupe.DeployConflict",
      `${nameOf(object)} is being deleted: wait until it is gone`,
    );
  }
  if (live !== undefined && !force) refuseOthers(object, live);
  // Its name says what is in it, and it cannot be changed.
  if (live !== undefined && isComponent(object)) return { object, kind: "none", differences: [] };
  const after = await client.apply(object, { fieldManager: DEPLOYER, force, dryRun: true, signal });
  if (live === undefined) return created;
  const differences = changesBetween(live, after);
  return { object, kind: differences.length > 0 ? "update" : "none", differences };
}

/** An object of another mesh, and a ConfigMap of somebody else, are not taken without being asked for. */
function refuseOthers(object: KubeObject, live: KubeObject): void {
  const [own, theirs] = [object, live].map(({ metadata }) => metadata.labels?.[MESH_LABEL]);
  if (own === undefined) return;
  if (theirs !== undefined && theirs !== own) {
    throw new DeployError("troupe.DeployConflict", `${nameOf(object)} is of the mesh ${theirs}`);
  }
  if (isComponent(object) && !(theirs === own && isDeployed(live))) {
    throw new DeployError(
      "troupe.DeployConflict",
      `${nameOf(object)} is there, and no deployment has made it`,
    );
  }
}

function isFieldConflict(error: unknown): error is KubeError {
  return isKubeError(error, "troupe.KubeConflict") &&
    error.causes.some(({ reason }) => reason === "FieldManagerConflict");
}

/** Such as `Actor mesh/split: spec.limits.timeout is set by kubectl-edit`. */
export function conflictText(object: KubeObject, { field = "", message = "" }: KubeCause): string {
  const [, owner = message] = /^conflict with "([^"]+)"/.exec(message) ?? [];
  return `${nameOf(object)}: ${field.replace(/^\./, "")} is set by ${owner}`;
}
