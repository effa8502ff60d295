/**
 * `troupe undeploy`: a mesh leaves a cluster.
 *
 * @module
 */

import type { KubeObject } from "@troupe/controller/kube";
import { countOf } from "../../view/quantity.ts";
import { checkCluster, type Cluster, type ClusterOptions, findCluster } from "../deploy/cluster.ts";
import { removeComponents, unneededComponents } from "../deploy/components_there.ts";
import { confirmed } from "../deploy/confirm.ts";
import { meshNameOf } from "../deploy/mesh_folder.ts";
import { queueOf } from "../deploy/progress.ts";
import { deleteAll, deployedActors } from "../deploy/prune.ts";
import { openTeller, type Teller } from "../deploy/tell.ts";
import { nameOf } from "../deploy/wanted.ts";
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../usage_error.ts";
import { Interruption } from "../up/interruption.ts";
import { untilGone, whyThere } from "./gone.ts";
import { actorsAnywhere, definitionThere, installedObjects } from "../deploy/installed.ts";

/** Options of `troupe undeploy`. */
export interface UndeployOptions extends ClusterOptions {
  /** Folder of the mesh: its name is all that is read of it. */
  readonly dir: string;
  readonly systemNamespace: string;
  /** Whether the controller and the crew go, too. */
  readonly all: boolean;
  /** Whether the definition of actors goes, too. */
  readonly crd: boolean;
  readonly yes: boolean;
  /** How long to wait, in milliseconds. */
  readonly timeout: number;
  readonly json: boolean;
}

/**
 * Removes a mesh, and waits until it is gone.
 *
 * @returns The exit code.
 * @throws {KubeError} when a call fails.
 */
export async function undeploy(options: UndeployOptions): Promise<number> {
  if (options.crd && !options.all) {
    throw new UsageError(
      "--crd goes with --all: without the definition of actors, the controller has nothing to do",
    );
  }
  const teller = openTeller(options);
  const mesh = await meshNameOf(options.dir);
  using interruption = new Interruption();
  const signal = interruption.first;
  interruption.second.addEventListener("abort", () => Deno.exit(EXIT.interrupted));
  await using cluster = await findCluster(options);
  const { client, namespace } = cluster;
  await checkCluster(cluster, { teller, signal });
  const actors = await deployedActors(client, { mesh, namespace });
  const installed = options.all ? await installedObjects(client, options.systemNamespace) : [];
  if (actors.length === 0) {
    teller.step({ state: "ok", text: `no actors of the mesh ${mesh} are in ${namespace}` });
  } else {
    teller.note(
      `Actors of the mesh ${mesh} in ${namespace}: ${actors.map(({ metadata }) => metadata.name).join(", ")}`,
    );
  }
  if (installed.length > 0) teller.note(`Installed beside them: ${installed.map(nameOf).join(", ")}`);
  const what = [
    ...actors.length > 0 ? [countOf(actors.length, "actor")] : [],
    ...installed.length > 0 ? ["the controller and the crew"] : [],
  ];
  if (what.length > 0 && !confirmed(`Remove ${what.join(", and ")}?`, options)) return EXIT.failed;
  const left = await removeActors(cluster, actors, { options, teller, signal });
  const still = new Set(left.map(({ metadata }) => metadata.uid));
  sayQueues(actors.filter(({ metadata }) => !still.has(metadata.uid)), teller);
  if (left.length > 0) return sayLeft(left, { teller, signal });
  if (signal.aborted) {
    teller.note("interrupted; the rest stays");
    return EXIT.interrupted;
  }
  await removeComponentsOf(cluster, mesh, teller);
  return options.all ? await removeInstalled(cluster, installed, { options, teller }) : EXIT.ok;
}

interface Surroundings {
  readonly options: UndeployOptions;
  readonly teller: Teller;
  readonly signal: AbortSignal;
}

async function removeActors(
  { client, namespace }: Cluster,
  actors: readonly KubeObject[],
  { options, teller, signal }: Surroundings,
): Promise<KubeObject[]> {
  if (actors.length === 0) return [];
  await deleteAll(client, actors, signal);
  return await untilGone(client, actors, { namespace, timeoutMs: options.timeout, signal, teller });
}

function sayLeft(left: readonly KubeObject[], { teller, signal }: Omit<Surroundings, "options">): number {
  for (const actor of left) {
    const asked = actor.metadata.deletionTimestamp !== undefined;
    teller.step({
      state: "bad",
      text: `${nameOf(actor)}: ${asked ? "is being removed" : "is still there"}`,
      advice: whyThere(actor) ||
        (asked ? "Does the controller run? It takes care of its queue first." : undefined),
    });
  }
  if (!signal.aborted) return EXIT.timedOut;
  teller.note("interrupted: what was begun goes on in the cluster");
  return EXIT.interrupted;
}

/** Queues outlive actors, so that nothing is lost by a mistake. */
function sayQueues(actors: readonly KubeObject[], teller: Teller): void {
  const kept = actors.flatMap((actor) => {
    const { queuePolicy } = actor.spec as { readonly queuePolicy?: string };
    const queue = queueOf(actor);
    return queuePolicy === "Delete" || queue === undefined ? [] : [queue];
  });
  if (kept.length === 0) return;
  teller.step({
    state: "ok",
    text: `on the broker, with what is in them, stay the queues ${kept.join(", ")}`,
    advice:
      "rabbitmqctl list_queues name messages shows how much that is; spec.queuePolicy: Delete removes a queue.",
  });
}

async function removeComponentsOf(
  { client, namespace }: Cluster,
  mesh: string,
  teller: Teller,
): Promise<void> {
  const unneeded = await unneededComponents(client, { mesh, namespace });
  for (const name of await removeComponents(client, unneeded, namespace)) {
    teller.step({ state: "ok", text: `ConfigMap ${namespace}/${name}: gone` });
  }
}

async function removeInstalled(
  { client }: Cluster,
  installed: readonly KubeObject[],
  { options, teller }: Omit<Surroundings, "signal">,
): Promise<number> {
  const others = await actorsAnywhere(client);
  if (others === undefined || others.length > 0) {
    const whose = others?.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).join(", ");
    teller.step({
      state: "bad",
      text: "the controller, the crew and the definition of actors stay: " +
        (whose === undefined
          ? "you may not look whether there are other actors"
          : `there are other actors: ${whose}`),
      advice: "Without a controller, nobody would look after them. Undeploy their meshes first.",
    });
    return EXIT.failed;
  }
  for (const gone of await deleteAll(client, installed)) {
    teller.step({ state: "ok", text: `${nameOf(gone)}: gone` });
  }
  const definition = await definitionThere(client);
  if (definition !== undefined && options.crd) {
    await deleteAll(client, [definition]);
    teller.step({ state: "ok", text: `${nameOf(definition)}: gone` });
  } else if (definition !== undefined) {
    teller.step({ state: "ok", text: `${nameOf(definition)} stays; --crd removes it` });
  }
  teller.note(
    `The namespace ${options.systemNamespace} stays, with the Secrets and volumes in it: kubectl delete namespace ` +
      `${options.systemNamespace} removes them for good.`,
  );
  return EXIT.ok;
}
