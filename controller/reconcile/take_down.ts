/**
 * The end of an actor whose queue is to go with it: once the queue is empty, or it is said that what is in it is to be thrown
 * away, its pods go, and then the queue.
 *
 * @module
 */

import type { Logger } from "@troupe/host/observe/logs";
import { OWNED_KINDS, planOf } from "../build/mod.ts";
import { type ClusterActor, readClusterActor } from "../cluster_actor.ts";
import { type EventText, isKubeError, type KubeClient, type KubeObject } from "../kube/mod.ts";
import type { QueueRemoval, Queues } from "../queues/queues.ts";
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
  /** Whether the queue is this actor's, and not an older one's that has the same. */
  readonly hasQueue: boolean;
  /** Says how it goes with the queue. */
  readonly say: (verdict: Verdict) => Promise<void>;
  /** Tells an event about the actor. */
  readonly tell: (event: EventText) => Promise<void>;
  /** Has the actor's pods be there, so that its queue becomes empty, and says how it goes with the queue. */
  readonly bringUp: (verdict: Verdict) => Promise<void>;
}

/** With `true`, the queue of a deleted actor is removed with the envelopes that are in it. */
export const FORCE_ANNOTATION = "troupe.dev/force-queue-removal";

/** How often a queue is looked at that is not empty yet, or that hosts still take from, in milliseconds. */
const LOOK_MS = 5_000;
/** The same while pods end, which is soon. */
const ENDING_MS = 1_000;
const WAY_OUT = "To let the actor go and keep the queue, set spec.queuePolicy to Keep";
const NO_WAY_BACK =
  `To throw away what is in it, annotate the actor: kubectl annotate actor NAME ${FORCE_ANNOTATION}=true`;

/**
 * Goes one step further.
 *
 * @returns When to come again, in milliseconds; nothing when it is done.
 * @throws What the broker or the cluster has against it, after that was said.
 */
export async function takeDown(object: KubeObject, options: TakeDownOptions): Promise<number | undefined> {
  const { client, queues, children, signal, hasQueue, say, onWrite } = options;
  const release = async () => {
    await setFinalizer(client, object, { wanted: false, signal });
    onWrite("finalizer", "Actor");
    return undefined;
  };
  const { queuePolicy } = (object.spec ?? {}) as { readonly queuePolicy?: unknown };
  if (queuePolicy !== "Delete" || !hasQueue) return await release();
  try {
    const actor = readClusterActor(object);
    const { queue: plan } = planOf(actor, options.settings);
    const queue = { plan, transport: actor.spec.transport, actor: actor.name };
    const force = object.metadata.annotations?.[FORCE_ANNOTATION] === "true";
    const { messages } = await queues.remove(queue, { look: true });
    if (messages > 0 && !force) return await waitForWork(object, messages, options);
    if (await takePods(actor, children, signal) > 0) return ENDING_MS;
    const removal = await queues.remove(queue, { force });
    if (!removal.removed) {
      if (removal.consumers > 0) {
        await say({
          status: "False",
          reason: "QueueInUse",
          message: `The queue ${plan.queue} is not removed while somebody takes from it. ${WAY_OUT}.`,
        });
      }
      return ENDING_MS;
    }
    await tellOf(removal, { queue: plan.queue, actor, options });
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
      `${roughly(messages)}. ${WAY_OUT}. ${NO_WAY_BACK}.`,
  };
  if (object.metadata.finalizers?.includes("foregroundDeletion")) await options.say(verdict);
  else await options.bringUp(verdict);
  return LOOK_MS;
}

/** What became of envelopes is told in the log as well: events are kept for an hour. */
async function tellOf(
  { lost, moved }: QueueRemoval,
  { queue, actor: { namespace, name }, options: { logger, tell } }: {
    readonly queue: string;
    readonly actor: ClusterActor;
    readonly options: TakeDownOptions;
  },
): Promise<void> {
  const about = { actor: `${namespace}/${name}`, queue };
  if (lost > 0) {
    logger.warn("a queue was removed with envelopes in it, as its actor's annotation says", {
      ...about,
      lost,
    });
    await tell({
      type: "Warning",
      reason: "EnvelopesRemoved",
      action: "RemoveQueue",
      note:
        `The queue ${queue} was removed with envelopes in it, as ${FORCE_ANNOTATION} says: ${lost} of them`,
    });
  }
  if (moved > 0) {
    logger.warn("envelopes came while their queue was removed; x-sump gets them", { ...about, moved });
    await tell({
      type: "Warning",
      reason: "EnvelopesMoved",
      action: "RemoveQueue",
      note: `Envelopes came while the queue ${queue} was removed, and x-sump gets them: ${moved} of them`,
    });
  }
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
