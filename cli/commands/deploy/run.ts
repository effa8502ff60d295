/**
 * `troupe deploy`: a mesh in a cluster.
 *
 * @module
 */

import { type KubeObject, refOf } from "@troupe/controller/kube";
import { countOf } from "../../view/quantity.ts";
import { EXIT } from "../exit_code.ts";
import { Interruption } from "../up/interruption.ts";
import { applyAll, restore } from "./apply.ts";
import { changesOf, type ObjectChange } from "./changes.ts";
import { checkAll } from "./checks.ts";
import { type Cluster, findCluster } from "./cluster.ts";
import { type ActorComponent, buildComponents } from "./components.ts";
import { componentsThere, removeComponents, unneededComponents } from "./components_there.ts";
import { confirmed } from "./confirm.ts";
import { printDiff } from "./diff.ts";
import { installedObjects } from "./installed.ts";
import { nextSteps } from "./next.ts";
import type { DeployOptions } from "./options.ts";
import { checkActors, objectsOf, prepare, type PreparedMesh } from "./prepare.ts";
import { workloadName } from "./progress.ts";
import { deleteAll, deployedActors, leftover } from "./prune.ts";
import { openTeller, type Teller } from "./tell.ts";
import { hasPods, untilReady } from "./wait.ts";
import { inOrder, nameOf, namespaceObject } from "./wanted.ts";
import { withReason } from "./why.ts";
import { printYaml } from "./yaml.ts";

/**
 * Deploys a mesh, and waits until it works.
 *
 * @returns The exit code.
 * @throws {ActorSpecError} when an `actor.yaml` or the settings are wrong.
 * @throws {DeployError} when something keeps it from the cluster; nothing was written then.
 * @throws {KubeError} when a call fails.
 */
export async function deploy(options: DeployOptions): Promise<number> {
  const teller = openTeller(options);
  if (options.dryRun) return await printYaml(options, teller);
  using interruption = new Interruption();
  const signal = interruption.first;
  // Even a call that hangs is not waited for then.
  interruption.second.addEventListener("abort", () => Deno.exit(EXIT.interrupted));
  await using cluster = await findCluster(options);
  try {
    return await new Deployment(cluster, { options, teller, signal }).run();
  } catch (error) {
    // What was cut short by Ctrl-C ends with its reason.
    if (!signal.aborted || error !== signal.reason) throw error;
    teller.note("interrupted; nothing was written");
    return EXIT.interrupted;
  }
}

/** What comes of some work, unless the signal is aborted before: it then rejects with its reason, and nobody waits any more. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}

/** What of the changes is done. */
function stays(done: number, changes: readonly ObjectChange[]): string {
  const wanted = changes.filter(({ kind }) => kind !== "none").length;
  return `${done} of ${countOf(wanted, "object")} are applied, and stay`;
}

interface Surroundings {
  readonly options: DeployOptions;
  readonly teller: Teller;
  readonly signal: AbortSignal;
}

/** What is to be done. */
interface DeploymentPlan {
  readonly prepared: PreparedMesh;
  readonly components: readonly ActorComponent[];
  readonly changes: readonly ObjectChange[];
  /** What a former deployment made, and is not wanted any more. */
  readonly left: readonly KubeObject[];
}

/** One deployment. */
class Deployment {
  readonly #cluster: Cluster;
  readonly #options: DeployOptions;
  readonly #teller: Teller;
  readonly #signal: AbortSignal;

  constructor(cluster: Cluster, { options, teller, signal }: Surroundings) {
    this.#cluster = cluster;
    this.#options = options;
    this.#teller = teller;
    this.#signal = signal;
  }

  async run(): Promise<number> {
    const { client } = this.#cluster;
    const [options, teller, signal] = [this.#options, this.#teller, this.#signal];
    const { prepared, components, changes, left } = await unlessAborted(this.#plan(), signal);
    if (options.diff) return printDiff(changes, options.prune ? left : [], teller);
    const pruned = this.#toPrune(left);
    for (const { actor, push } of components) {
      if (!push) continue;
      const { reference, existed } = await push();
      const what = existed ? "is in the registry" : "pushed";
      teller.step({ state: "ok", text: `${actor}: ${what}: ${reference}` });
    }
    const written = await this.#apply(changes);
    if (signal.aborted) return this.#interrupted(written, changes);
    const removed = await deleteAll(client, pruned, signal);
    for (const gone of removed) {
      teller.step({ state: "ok", text: `${nameOf(gone)}: removed` });
      teller.data({ type: "change", change: "delete", object: nameOf(gone) });
    }
    const placed = components.flatMap(({ object }) => object ?? []);
    await this.#keepComponents(prepared, placed);
    return await this.#wait(prepared, { placed, written: written + removed.length });
  }

  /** Finds out what is to be done. Nothing is written. */
  async #plan(): Promise<DeploymentPlan> {
    const { client, namespace } = this.#cluster;
    const [options, teller, signal] = [this.#options, this.#teller, this.#signal];
    const { registry, pullSecret, check, forceConflicts: force } = options;
    const prepared = await prepare(options, namespace);
    const { mesh, actors, settings, installation } = prepared;
    const { newNamespaces, makesNamespace } = await checkAll(this.#cluster, {
      ...{ options, prepared, teller, signal },
    });
    const components = await buildComponents(actors, {
      ...{ mesh, namespace, registry, pullSecret, check, teller },
    });
    const objects = objectsOf(prepared, { namespace, components });
    checkActors(objects, settings);
    const all = makesNamespace ? inOrder([namespaceObject(namespace), ...objects]) : objects;
    const changes = await changesOf(client, all, { force, newNamespaces, signal });
    const left = leftover(await deployedActors(client, { mesh, namespace }, signal), objects);
    if (options.prune && installation.length > 0) {
      left.push(...leftover(await installedObjects(client, options.systemNamespace), objects));
    }
    return { prepared, components, changes, left };
  }

  /** What is to be removed of what is not in the folder any more. @throws {UsageError} when nobody can be asked */
  #toPrune(left: readonly KubeObject[]): readonly KubeObject[] {
    if (left.length === 0) return [];
    const names = left.map(nameOf).join(", ");
    if (!this.#options.prune) {
      this.#teller.step({
        state: "warn",
        text: `of a former deployment, and not in ${this.#options.dir} any more: ${names}`,
        advice: "They are left as they are; --prune removes them.",
      });
      return [];
    }
    this.#teller.note(`Not in ${this.#options.dir} any more, and removed by --prune: ${names}`);
    return confirmed(`Remove ${countOf(left.length, "object")}?`, this.#options) ? left : [];
  }

  async #apply(changes: readonly ObjectChange[]): Promise<number> {
    const [teller, signal] = [this.#teller, this.#signal];
    let done = 0;
    try {
      return await applyAll(this.#cluster.client, changes, {
        force: this.#options.forceConflicts,
        signal,
        onDone: ({ object, kind }) => {
          done++;
          teller.data({ type: "change", change: kind, object: nameOf(object) });
          if (!teller.json) {
            teller.step({
              state: "ok",
              text: `${nameOf(object)}: ${kind === "create" ? "made" : "changed"}`,
            });
          }
        },
      });
    } catch (error) {
      teller.note(`${stays(done, changes)}; deploy again to go on`);
      throw error;
    }
  }

  /** Somebody who deploys at the same time may have removed, as not needed, what was needed from now on. */
  async #keepComponents({ mesh }: PreparedMesh, placed: readonly KubeObject[]): Promise<void> {
    if (placed.length === 0) return;
    const { client, namespace } = this.#cluster;
    const there = await componentsThere(client, { mesh, namespace });
    await restore(client, placed, new Set(there.map(({ metadata: { name = "" } }) => name)));
  }

  #interrupted(written: number, changes: readonly ObjectChange[]): number {
    this.#teller.note(`interrupted: ${stays(written, changes)}; deploy again to go on`);
    return EXIT.interrupted;
  }

  async #wait(
    { mesh, actors, installation, settings }: PreparedMesh,
    { placed, written }: { readonly placed: readonly KubeObject[]; readonly written: number },
  ): Promise<number> {
    const { client, namespace, context } = this.#cluster;
    const { timeout: timeoutMs, systemNamespace } = this.#options;
    const [teller, signal] = [this.#teller, this.#signal];
    if (written === 0) teller.step({ state: "ok", text: "nothing to do: all is as it is to be" });
    if (timeoutMs === 0) return EXIT.ok;
    const awaited = { namespace, actors: actors.map(({ name }) => name), installation };
    const { end, all } = await untilReady(client, awaited, { timeoutMs, signal, teller });
    const late = all.filter(({ state }) => state !== "ready");
    if (end === "interrupted") {
      teller.note(`interrupted: all is applied and stays; ${late.length} of ${all.length} are not ready yet`);
      return EXIT.interrupted;
    }
    if (end === "timeout") {
      for (const each of late) {
        const workload = installation.filter(hasPods).map(refOf).find((ref) =>
          workloadName(ref) === each.name
        );
        const { name, reason, message } = workload ? await withReason(client, workload, each) : each;
        teller.step({ state: "bad", text: `${name}: ${reason}`, advice: message });
      }
      if (late.some(({ reason }) => reason === "Unseen")) {
        teller.note(`Does the controller run? kubectl get pods -n ${systemNamespace}`);
      }
      teller.note(
        `not all is ready in time; what is applied stays. kubectl describe actor -n ${namespace} has more`,
      );
      return EXIT.timedOut;
    }
    // What ran before is needed until what runs now works.
    const kept = new Set(placed.map(({ metadata: { name = "" } }) => name));
    const unneeded = await unneededComponents(client, { mesh, namespace }, kept);
    for (const name of await removeComponents(client, unneeded, namespace)) {
      teller.step({
        state: "ok",
        text: `ConfigMap ${namespace}/${name}: removed, as no actor names it any more`,
      });
    }
    teller.step({
      state: "ok",
      text: `${mesh} is deployed: ${countOf(actors.length, "actor")} ready in ${namespace}`,
    });
    teller.data({ type: "end", mesh, namespace, context, written, ready: true });
    teller.note(nextSteps({ actors, namespace, context: this.#options.context, settings }));
    return EXIT.ok;
  }
}
