/**
 * From sources to components that are where a cluster finds them.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { TroupeError } from "@troupe/host/errors";
import { readComponent } from "@troupe/host/component/read";
import { dockerCredentials } from "@troupe/host/oci/docker_config";
import { makeArtifact } from "@troupe/host/oci/manifest";
import { pushComponent } from "@troupe/host/oci/push";
import { parseReference, writeReference } from "@troupe/host/oci/reference";
import { Slots } from "@troupe/host/slots";
import { inspectBuilt } from "../../build/inspect_built.ts";
import { buildActor } from "../../build/mod.ts";
import { formatBytes } from "../../view/quantity.ts";
import { UsageError } from "../usage_error.ts";
import { inConfigMap } from "./component_object.ts";
import { DeployError } from "./errors.ts";
import type { MeshActor } from "./mesh_folder.ts";
import type { Teller } from "./tell.ts";

/** How many components are in memory as they are, at once. */
const AT_ONCE = 4;

/** Where components are put. */
export interface ComponentOptions {
  readonly mesh: string;
  readonly namespace: string;
  /** `REGISTRY/PREFIX`, below which each actor has a repository. @default in ConfigMaps */
  readonly registry: string | undefined;
  /** With what hosts sign in to it: the name of a Secret. */
  readonly pullSecret: string | undefined;
  /** Whether to check the types of sources. */
  readonly check: boolean;
  readonly teller: Teller;
}

/** The component of an actor, and where it is put. */
export interface ActorComponent {
  readonly actor: string;
  /** What the actor's `spec.component` becomes. */
  readonly component: Readonly<Record<string, unknown>>;
  /** The object that it lies in, where there is no registry. */
  readonly object?: KubeObject;
  /** Puts it into the registry, unless it is there. @returns whether it was there */
  readonly push?: () => Promise<{ readonly reference: string; readonly existed: boolean }>;
}

/**
 * Builds what has a file for its component. Nothing is pushed yet.
 *
 * @throws {DeployError} when a component is refused, or does not fit where it is to be put.
 * @throws {UsageError} when the registry is none.
 */
export async function buildComponents(
  actors: readonly MeshActor[],
  options: ComponentOptions,
): Promise<ActorComponent[]> {
  const { teller } = options;
  if (options.registry !== undefined) registryOf(options.registry, "actor");
  const slots = new Slots(AT_ONCE);
  const results = await Promise.all(actors.map((actor) =>
    slots.use(async () => {
      try {
        return { component: await componentOf(actor, options) };
      } catch (error) {
        if (!(error instanceof TroupeError)) throw error;
        teller.step({ state: "bad", text: `${actor.name}: ${error.message.split("\n")[0]}` });
        return { error };
      }
    })
  ));
  const failed = results.flatMap(({ error }) => error ?? []);
  const [first] = failed;
  if (first) {
    if (failed.length === 1) throw first;
    throw new DeployError(
      "troupe.ComponentRefused",
      `${failed.length} components cannot be deployed; nothing was written:\n${
        failed.map(({ message }) => `- ${message}`).join("\n")
      }`,
    );
  }
  return results.flatMap(({ component }) => component ?? []);
}

async function componentOf(
  { name: actor, source, file }: MeshActor,
  { mesh, namespace, registry, pullSecret, check, teller }: ComponentOptions,
): Promise<ActorComponent | undefined> {
  if (source === undefined) return undefined;
  const { component, language, built } = await buildActor(source, { check });
  if (component === undefined) return undefined;
  const bytes = await readComponent(source.component);
  const builtHere = language !== undefined;
  const { refusals, imports, exports } = await inspectBuilt(
    { path: component.path, bytes, builtHere },
    source,
  );
  if (refusals.length > 0) {
    const why = refusals.map(({ message }) => message).join("; ");
    throw new DeployError("troupe.ComponentRefused", `${file}: its host would refuse its component: ${why}`);
  }
  const what = `${actor}: ${built ? "built" : "up to date"}, ${formatBytes(component.size)}`;
  if (registry === undefined) {
    const placed = inConfigMap({ actor, mesh, namespace, bytes, digest: component.digest });
    teller.step({ state: "ok", text: `${what}, in ConfigMap ${placed.object.metadata.name}` });
    return { actor, ...placed };
  }
  const world = { imports: imports.map(({ name }) => name), exports };
  const to = registryOf(registry, actor);
  const { digest } = await makeArtifact(bytes, world);
  const reference = writeReference({ ...to, digest });
  teller.step({ state: "ok", text: `${what}, as ${reference}` });
  return {
    actor,
    component: { oci: reference, ...(pullSecret === undefined ? {} : { pullSecret }) },
    push: async () =>
      await pushComponent({ reference, bytes, world, credentials: await dockerCredentials(to) }),
  };
}

/** The repository of an actor. @throws {UsageError} when there can be none. */
function registryOf(registry: string, actor: string) {
  try {
    return parseReference(`${registry.replace(/\/+$/, "")}/${actor}`);
  } catch (cause) {
    if (!(cause instanceof TroupeError)) throw cause;
    throw new UsageError(
      `--registry is REGISTRY/PREFIX, such as registry.example.com/shop: ${cause.message}`,
      {
        cause,
      },
    );
  }
}
