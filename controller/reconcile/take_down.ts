/**
 * The end of an actor whose queue is to go with it: once the queue is empty, its pods go, and then the queue.
 *
 * @module
 */

import type { Logger } from "@troupe/host/observe/logs";
import { OWNED_KINDS, planOf } from "../build/mod.ts";
import { type ClusterActor, readClusterActor } from "../cluster_actor.ts";
import { isKubeError, type KubeClient, type KubeObject } from "../kube/mod.ts";
import type { Queues } from "../queues/queues.ts";
import type { ControllerSettings } from "../settings.ts";
import type { Children, Write } from "./children.ts";
import type { Verdict } from "./conditions.ts";
import { failureVerdict } from "./errors.ts";
import { setFinalizer } from "./finalizer.ts";

/** What it works with. */
export interface TakeDownOptions {
  readonly client: KubeClient;
  readonly settings: ControllerSettings;
  readonly queues: Queues;
  readonly children: Children;
  readonly logger: Logger;
  readonly onWrite: (write: Write, kind: string) => void;
  readonly signal: AbortSignal;
  /** Says how it goes with the queue. */
  readonly say: (verdict: Verdict) => Promise<void>;
  /** Has the actor's pods be there, so that its queue becomes empty, and says how it goes with the queue. */
  readonly bringUp: (verdict: Verdict) => Promise<void>;
}

/** How often a queue is looked at that is not empty yet, or that hosts still take from, in milliseconds. */
const LOOK_MS = 5_000;
/** The same while pods end, which is soon. */
const ENDING_MS = 1_000;
const WAY_OUT = "To let the actor go and keep the queue, set spec.queuePolicy to Keep";

/**
 * Goes one step further.
 *
 * @returns When to come again, in milliseconds; nothing when it is done.
 * @throws What the broker or the cluster has against it, after that was said.
 */
export async function takeDown(object: KubeObject, options: TakeDownOptions): Promise<number | undefined> {
  const { client, queues, children, signal, say, onWrite } = options;
  const release = async () => {
    await setFinalizer(client, object, { wanted: false, signal });
    onWrite("finalizer", "Actor");
    return undefined;
  };
  if ((object.spec as { queuePolicy?: unknown } | undefined)?.queuePolicy !== "Delete") {
    return await release();
  }
  try {
    const actor = readClusterActor(object);
    const { queue: plan } = planOf(actor, options.settings);
    const queue = { plan, transport: actor.spec.transport, actor: actor.name };
    const { messages } = await queues.remove(queue, { look: true });
    if (messages > 0) return await waitForWork(object, messages, options);
    if (await takePods(actor, children, signal) > 0) return ENDING_MS;
    const { removed, lost } = await queues.remove(queue);
    if (!removed) {
      await say({
        status: "False",
        reason: "QueueInUse",
        message: `The queue ${plan.queue} is not removed while somebody takes from it. ${WAY_OUT}.`,
      });
      return ENDING_MS;
    }
    if (lost > 0) {
      options.logger.error("envelopes came while their queue was removed, and went with it", {
        actor: `${actor.namespace}/${actor.name}`,
        queue: plan.queue,
        lost,
      });
    }
    return await release();
  } catch (error) {
    signal.throwIfAborted();
    // What passes by itself is no news to a person.
    if (isKubeError(error) && error.isPassing) throw error;
    const { message, ...verdict } = failureVerdict(error);
    await say({ ...verdict, message: `The queue cannot be removed: ${message}. ${WAY_OUT}.` });
    throw error;
  }
}

/** The actor works on until its queue is empty, unless it was deleted in a way that takes its pods first. */
async function waitForWork(object: KubeObject, messages: number, options: TakeDownOptions): Promise<number> {
  const verdict: Verdict = {
    status: "False",
    reason: "QueueNotEmpty",
    message: "The actor is deleted, and goes when its queue is empty; the number of envelopes in it is " +
      `${roughly(messages)}. ${WAY_OUT}.`,
  };
  if (object.metadata.finalizers?.includes("foregroundDeletion")) await options.say(verdict);
  else await options.bringUp(verdict);
  return LOOK_MS;
}

/** @returns How many objects there still are. */
async function takePods(actor: ClusterActor, children: Children, signal: AbortSignal): Promise<number> {
  // What scales goes before what is scaled.
  const kinds = OWNED_KINDS.map(({ kind }) => kind).reverse();
  return await children.prune(actor, { kinds, wanted: [] }, signal);
}

/** A number that does not change at each look. */
function roughly(count: number): string {
  return count < 10 ? "below 10" : `about ${Number(count.toPrecision(1))}`;
}
