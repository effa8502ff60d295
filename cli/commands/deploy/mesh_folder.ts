/**
 * What a folder says of a mesh that is to go into a cluster.
 *
 * @module
 */

import { type ActorManifest, readManifest } from "@troupe/controller/manifest";
import { type ActorSpec, ActorSpecError, loadActors } from "@troupe/controller/mesh";
import { readMeshFile } from "@troupe/controller/mesh_file";
import { type ControllerSettings, parseSettings } from "@troupe/controller/settings";
import { parseActorSpec } from "@troupe/controller/spec";
import { isActorName } from "@troupe/host/actor_name";
import { basename, join, resolve } from "@std/path";
import { DeployError } from "./errors.ts";

/** Name of the file with the controller's settings. */
export const SETTINGS_FILE = "cluster.yaml";

/** One actor of the folder. */
export interface MeshActor {
  readonly name: string;
  /** The `actor.yaml`. */
  readonly file: string;
  /** As a cluster takes it, but for a component that is a file. */
  readonly manifest: ActorManifest;
  /** What it takes to build its component, if that is a file. */
  readonly source: ActorSpec | undefined;
}

/**
 * Reads every `actor.yaml` below a folder.
 *
 * @throws {ActorSpecError} with everything that is wrong in all of them.
 * @throws {NoActorsError} when there is none.
 */
export function loadManifests(dir: string, namespace: string): Promise<MeshActor[]> {
  return loadActors(dir, (text, { file }) => {
    const manifest = readManifest(text, { file });
    const { name, namespace: own } = manifest.metadata;
    if (own !== undefined && own !== namespace) {
      const message = `is ${own}, and the mesh goes to ${namespace}: remove it, or name --namespace ${own}`;
      throw new ActorSpecError([{ file, path: "metadata.namespace", message }]);
    }
    const source = manifest.spec.component.file === undefined ? undefined : sourceOf(manifest, file);
    return { name, file, manifest, source };
  });
}

/** An actor as a laptop would have it: where a cluster's values come from makes no difference to its component. */
function sourceOf(manifest: ActorManifest, file: string): ActorSpec {
  const { secrets, http, files, ...grants } = manifest.spec.grants ?? {};
  const from = { env: "ELSEWHERE" };
  const local = {
    ...grants,
    ...(secrets && { secrets: mapValues(secrets, () => from) }),
    ...(http && {
      http: (http as { readonly headers?: Readonly<Record<string, object>> }[]).map((rule) => ({
        ...rule,
        ...(rule.headers && { headers: mapValues(rule.headers, () => ({ from })) }),
      })),
    }),
    ...(files && { files: files.map(({ path }) => ({ path, from: "." })) }),
  };
  return parseActorSpec(JSON.stringify({ ...manifest, spec: { ...manifest.spec, grants: local } }), { file });
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/**
 * The name by which a mesh is known again: that of its `mesh.yaml`, else that of the folder.
 *
 * @throws {DeployError} when the folder's name is none that a cluster takes.
 */
export async function meshNameOf(dir: string): Promise<string> {
  const named = (await readMeshFile(dir))?.name;
  if (named !== undefined) return named;
  const name = basename(resolve(dir)).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "");
  if (isActorName(name)) return name;
  throw new DeployError(
    "troupe.NoMeshName",
    `${dir} has no mesh.yaml, and its own name is none that a cluster takes: write one with apiVersion: ` +
      "troupe.dev/v1alpha1, kind: Mesh, metadata: { name: NAME }",
  );
}

const EXAMPLE = `apiVersion: troupe.dev/v1alpha1
kind: ControllerSettings
spec:
  image: registry.example.com/troupe-host@sha256:…   # the image of the host
  transports:
    default:
      address: rabbitmq://rabbitmq.queues.svc
      credentials: { secret: broker }                # a Secret with username and password`;

/**
 * The settings of the controller.
 *
 * @param file Where they are, if not in the folder.
 * @param needed Whether they have to be there.
 * @throws {DeployError} when they are needed and are not there, with an example of them.
 * @throws {ActorSpecError} with everything that is wrong with them.
 */
export async function loadSettings(
  dir: string,
  { file, needed }: { readonly file: string | undefined; readonly needed: boolean },
): Promise<ControllerSettings | undefined> {
  const path = file ?? join(dir, SETTINGS_FILE);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    if (!needed && file === undefined) return undefined;
    throw new DeployError(
      "troupe.NoSettings",
      `${path} does not exist: it has the settings of the controller (docs/controller_settings.md), such as\n\n` +
        `${EXAMPLE}\n\nWhere somebody else installs the controller, use --actors-only.`,
      { cause },
    );
  }
  return parseSettings(text, { file: path });
}
