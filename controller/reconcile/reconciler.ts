/**
 * Makes one actor what it is to be: its queue, its pods, its scaling; and says how that went.
 *
 * @module
 */

import type { Logger } from "@troupe/host/observe/logs";
import {
  buildActor,
  type Built,
  type BuiltObject,
  lacksCrew,
  OWNED_KINDS,
  queueTriggers,
} from "../build/mod.ts";
import { type ClusterActor, readClusterActor } from "../cluster_actor.ts";
import { ActorSpecError } from "../errors.ts";
import {
  type EventRecorder,
  type EventText,
  isKubeError,
  type KubeClient,
  type KubeObject,
} from "../kube/mod.ts";
import type { Queues } from "../queues/queues.ts";
import type { ControllerSettings } from "../settings.ts";
import type { ActorCondition } from "../status_resource.ts";
import type { Children, Write } from "./children.ts";
import { PARTS, transitions, type Verdict, type Verdicts } from "./conditions.ts";
import { DECLARE_MS, DeclaredQueues } from "./declared_queues.ts";
import { failureVerdict, isKindMissing } from "./errors.ts";
import { hasFinalizer, setFinalizer } from "./finalizer.ts";
import { KedaFailures } from "./keda_failures.ts";
import type { Known } from "./known.ts";
import type { QueueClaims } from "./queue_claims.ts";
import { HASTY, KEDA_MISSING, QUEUE_FIRST, scalingVerdict } from "./scaling.ts";
import { conditionsIn, sameStatus, statusFrom, statusOf, writeStatus } from "./status.ts";
import { takeDown } from "./take_down.ts";
import { replicasOf, workloadVerdict } from "./workload.ts";

/** What it works with. */
export interface ReconcilerOptions {
  readonly client: KubeClient;
  readonly settings: ControllerSettings;
  readonly queues: Queues;
  readonly actors: Known;
  readonly pods: Known;
  readonly children: Children;
  /** Who has which queue. */
  readonly claims: QueueClaims;
  readonly recorder: EventRecorder;
  readonly logger: Logger;
  /** Told of each write. */
  readonly onWrite: (write: Write, kind: string) => void;
  /** Has an actor, by its key, looked at again. */
  readonly again: (key: string) => void;
  /** Aborted when this process is not to act any more. */
  readonly signal: AbortSignal;
}

/** Kinds that only KEDA reads. */
const SCALING: ReadonlySet<string> = new Set(["TriggerAuthentication", "ScaledObject"]);
const SCALING_KINDS = OWNED_KINDS.map(({ kind }) => kind).filter((kind) => SCALING.has(kind));
const WORKLOAD_KINDS = OWNED_KINDS.map(({ kind }) => kind).filter((kind) => !SCALING.has(kind));
/** How often KEDA is looked for that was there once, in milliseconds: nobody tells when it is back. */
const KEDA_MS = 60_000;

const NOT_ITS_QUEUE: Verdict = {
  status: "Unknown",
  reason: "WaitsForQueue",
  message: "Nothing is made for it while its queue is another actor's.",
};

/** What came of a part. */
interface PartResult {
  readonly verdict: Verdict;
  /** Why it is to be tried again. */
  readonly failure?: unknown;
  /** When it is to be looked at again, whatever happens, in milliseconds. */
  readonly againMs?: number;
}

/** Makes actors what they are to be, one at each call. */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #queues: DeclaredQueues;
  /** For whom there was no KEDA when it was looked for last. */
  readonly #withoutKeda = new Set<string>();
  readonly #failures = new KedaFailures();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#queues = new DeclaredQueues({ queues: options.queues, onBack: options.again });
  }

  /**
   * Makes an actor what it is to be, and writes what is not so yet.
   *
   * @param key `NAMESPACE/NAME`.
   * @returns In how many milliseconds it is to be looked at again, whatever happens.
   * @throws What hindered it, after that was written into the status; or why the status could not be written.
   */
  async reconcile(key: string): Promise<number | undefined> {
    const [namespace = "", name = ""] = key.split("/");
    const object = this.#options.actors.get(name, namespace);
    if (object?.metadata.deletionTimestamp !== undefined || !object) {
      this.#queues.forget(key);
      this.#withoutKeda.delete(key);
      this.#failures.forget(key);
    }
    if (!object) return undefined;
    if (object.metadata.deletionTimestamp === undefined) return await this.#bringUp(object);
    if (!hasFinalizer(object)) return undefined;
    return await takeDown(object, {
      ...this.#options,
      hasQueue: this.#options.claims.holderBefore(object) === undefined,
      say: async (verdict) => {
        const verdicts = verdictsOf(conditionsIn(object));
        await this.#tell(object, { verdicts: { ...verdicts, QueueReady: verdict } });
      },
      tell: (event) => this.#event(object, event),
      bringUp: async (verdict) => void await this.#bringUp(object, verdict),
    });
  }

  /** @param ending What is said of the queue of an actor that is being deleted; it is not declared any more. */
  async #bringUp(given: KubeObject, ending?: Verdict): Promise<number | undefined> {
    let object = given;
    const { client, settings, signal, actors, onWrite } = this.#options;
    let actor: ClusterActor;
    let built: Built;
    try {
      actor = readClusterActor(object);
      built = buildActor(actor, settings);
    } catch (error) {
      if (!(error instanceof ActorSpecError)) throw error;
      const verdict: Verdict = { status: "False", reason: "BadSpec", message: error.message };
      await this.#tell(object, {
        verdicts: { QueueReady: verdict, WorkloadReady: verdict, ScalingReady: verdict },
      });
      // Only another spec, or other settings, make it better.
      return undefined;
    }
    const holder = this.#options.claims.holderBefore(object);
    if (holder !== undefined) return await this.#standBack(object, built, holder);
    let unmarked: PartResult | undefined;
    if (ending === undefined) {
      try {
        const wanted = actor.spec.queuePolicy === "Delete";
        const marked = await setFinalizer(client, object, { wanted, signal });
        if (marked) {
          onWrite("finalizer", "Actor");
          actors.wrote(marked);
          object = marked;
        }
      } catch (failure) {
        signal.throwIfAborted();
        // What passes by itself is no news to a person.
        if (isKubeError(failure) && failure.isPassing) throw failure;
        // A queue that nobody would remove is not made; the rest goes on.
        unmarked = { verdict: failureVerdict(failure), failure };
      }
    }
    const hadKeda = this.#hasKeda(object);
    // A broker that does not answer is not to hold the pods up.
    const [queue, workload]: [PartResult, PartResult] = await Promise.all([
      ending ? { verdict: ending } : unmarked ?? this.#part(() => this.#queue(actor, built)),
      this.#part(() => this.#workload(object, built)),
    ]);
    const scaling = await this.#part(() => this.#scaling(object, built, queue.failure === undefined));
    const deployment = built.objects.find(isDeployment);
    await this.#tell(object, {
      verdicts: { QueueReady: queue.verdict, WorkloadReady: workload.verdict, ScalingReady: scaling.verdict },
      deployment: deployment && this.#options.children.get(deployment),
      queue: built.plan.queue.queue,
      componentDigest: digestOf(actor),
    });
    const failures = [queue, workload, scaling].flatMap(({ failure }) =>
      failure === undefined ? [] : [failure]
    );
    if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join("; "));
    if (failures.length > 0) throw failures[0];
    const hasKeda = this.#hasKeda(object);
    // How many replicas it has depends on that.
    if (hasKeda !== hadKeda) return 0;
    return Math.min(hasKeda ? DECLARE_MS : KEDA_MS, scaling.againMs ?? Infinity);
  }

  #hasKeda(actor: KubeObject): boolean {
    if (isKindMissing(this.#options.children.problem("ScaledObject"))) return false;
    return !this.#withoutKeda.has(keyOf(actor));
  }

  /** Takes away what was made for an actor whose queue another one has: two actors would take each other's envelopes. */
  async #standBack(
    object: KubeObject,
    { plan: { actor, queue } }: Built,
    holder: string,
  ): Promise<undefined> {
    this.#queues.forget(keyOf(object));
    const kinds = OWNED_KINDS.map(({ kind }) => kind).reverse();
    const pruned = await this.#part(async () => {
      await this.#options.children.prune(actor, { kinds, wanted: [] }, this.#options.signal);
      return { verdict: NOT_ITS_QUEUE };
    });
    await this.#tell(object, {
      verdicts: {
        QueueReady: queueTaken(queue.queue, holder),
        WorkloadReady: pruned.verdict,
        ScalingReady: NOT_ITS_QUEUE,
      },
    });
    // What it waits for is told by whoever keeps account of the queues.
    if (pruned.failure !== undefined) throw pruned.failure;
    return undefined;
  }

  /** A part that fails does not hinder the others. */
  async #part(run: () => Promise<PartResult>): Promise<PartResult> {
    try {
      return await run();
    } catch (failure) {
      this.#options.signal.throwIfAborted();
      return { verdict: failureVerdict(failure), failure };
    }
  }

  async #queue({ uid, namespace, name, spec }: ClusterActor, { plan }: Built): Promise<PartResult> {
    const { queue } = plan.queue;
    const declared = { plan: plan.queue, transport: spec.transport, actor: name };
    await this.#queues.declare(declared, { key: `${namespace}/${name}`, uid });
    const hint = lacksCrew(plan)
      ? " Its mesh has no crew, so what ends is not recorded: the controller's settings name none for its namespace " +
        "under crew.namespaces."
      : "";
    return {
      verdict: { status: "True", reason: "Declared", message: `The queue ${queue} is there.${hint}` },
    };
  }

  async #workload(object: KubeObject, { plan: { actor }, objects }: Built): Promise<PartResult> {
    const { children, pods, signal } = this.#options;
    const { suspend, scaling } = actor.spec;
    const replicas = { suspend, scaling, hasKeda: this.#hasKeda(object) };
    for (const each of objects) {
      if (SCALING.has(each.kind)) continue;
      await children.apply(each, { signal, replicas: isDeployment(each) ? replicas : undefined });
    }
    await children.prune(actor, { kinds: WORKLOAD_KINDS, wanted: objects }, signal);
    const made = objects.find(isDeployment);
    const deployment = made && children.get(made);
    if (!deployment) {
      return { verdict: { status: "Unknown", reason: "Starting", message: "Its pods are being made." } };
    }
    const before = conditionsIn(object).find(({ type }) => type === "WorkloadReady");
    const verdict = workloadVerdict({
      deployment,
      pods: pods.of(`${actor.namespace}/${actor.name}`),
      before: before?.observedGeneration === actor.generation ? before : undefined,
    });
    return { verdict };
  }

  async #scaling(
    object: KubeObject,
    { plan, objects }: Built,
    hasQueue: boolean,
  ): Promise<PartResult> {
    const { children, signal } = this.#options;
    const { actor } = plan;
    if (!hasQueue) return { verdict: QUEUE_FIRST };
    try {
      for (const each of objects) if (SCALING.has(each.kind)) await children.apply(each, { signal });
      await children.prune(actor, { kinds: SCALING_KINDS, wanted: objects }, signal);
    } catch (error) {
      // It is tried again as soon as the kinds are there: those who watch for them tell.
      if (!isKindMissing(error)) throw error;
      this.#withoutKeda.add(keyOf(object));
      return { verdict: KEDA_MISSING };
    }
    this.#withoutKeda.delete(keyOf(object));
    const made = objects.find(({ kind }) => kind === "ScaledObject");
    const scaledObject = made && children.get(made);
    if (!scaledObject) return { verdict: QUEUE_FIRST };
    const { suspend, scaling: { paused, pollingInterval } } = actor.spec;
    const [{ metadata: { host = "" } = {} } = {}] = queueTriggers(plan);
    const looks = { host, secret: plan.queue.transport.credentials.secret };
    const verdict = scalingVerdict({ scaledObject, suspend, paused, looks });
    const key = keyOf(object);
    const before = conditionsIn(object).find(({ type }) => type === "ScalingReady");
    if (verdict.reason === "KedaFails") this.#failures.seen(key);
    else if (before?.reason === "KedaFails" && HASTY.has(verdict.reason)) {
      const againMs = this.#failures.left(key, pollingInterval);
      if (againMs > 0) return { verdict: before, againMs };
    }
    return { verdict };
  }

  /** Writes the status, unless it is so already, and tells of what has changed in it. */
  async #tell(
    object: KubeObject,
    { verdicts, deployment, queue, componentDigest }: {
      readonly verdicts: Verdicts;
      readonly deployment?: KubeObject | undefined;
      readonly queue?: string;
      readonly componentDigest?: string | undefined;
    },
  ): Promise<void> {
    const { client, actors, signal, onWrite } = this.#options;
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const before = statusOf(object);
    const status = statusFrom(object, {
      verdicts,
      ...replicasOf(deployment),
      queue: queue ?? before.queue,
      componentDigest: componentDigest ?? before.componentDigest,
      now,
    });
    if (sameStatus(before, status)) return;
    const written = await writeStatus(client, object, { status, signal });
    onWrite("status", "Actor");
    actors.wrote(written);
    for (const change of transitions(before.conditions ?? [], status.conditions ?? [])) {
      const { type: action, reason, message } = change;
      await this.#event(object, {
        type: change.status === "False" ? "Warning" : "Normal",
        reason,
        action,
        note: action === "Ready" ? message : `${action}: ${message}`,
      });
    }
  }

  async #event(object: KubeObject, text: EventText): Promise<void> {
    const { recorder, signal, logger } = this.#options;
    try {
      await recorder.tell(object, text, { signal });
    } catch (error) {
      signal.throwIfAborted();
      // The status says the same: for want of an event nothing is done again.
      logger.warn("an event could not be told", { actor: keyOf(object), reason: text.reason, error });
    }
  }
}

function queueTaken(queue: string, holder: string): Verdict {
  return {
    status: "False",
    reason: "QueueTaken",
    message:
      `The queue ${queue} is that of the actor ${holder} (namespace/name), which is older. Rename one of ` +
      "them, or give their namespaces transports with different meshes (?namespace=NAME). When the other is gone, " +
      "this one takes its place.",
  };
}

/** The key of an object: `NAMESPACE/NAME`. */
export function keyOf({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function isDeployment(object: BuiltObject): boolean {
  return object.kind === "Deployment";
}

/** What was said last of each part. */
function verdictsOf(conditions: readonly ActorCondition[]): Verdicts {
  const unknown: Verdict = { status: "Unknown", reason: "NotSeen", message: "Nothing is known of it yet." };
  const said = PARTS.map((part) => [part, conditions.find(({ type }) => type === part) ?? unknown]);
  return Object.fromEntries(said) as Verdicts;
}

function digestOf({ spec: { component: { oci, sha256 } } }: ClusterActor): string | undefined {
  if (oci !== undefined) return oci.slice(oci.indexOf("@") + 1);
  return sha256 === undefined ? undefined : `sha256:${sha256}`;
}
