/**
 * Watches actors, and everything that is made for them, and has each one looked at when something happened to it.
 *
 * @module
 */

import type { Logger } from "@troupe/host/observe/logs";
import { API_VERSION } from "../resource.ts";
import { EventRecorder, type KubeClient, type KubeError, type KubeObject } from "../kube/mod.ts";
import type { Queues } from "../queues/queues.ts";
import type { ControllerSettings } from "../settings.ts";
import { Children, MANAGED, ownerOf } from "./children.ts";
import { Known } from "./known.ts";
import type { ControllerMetrics } from "./metrics.ts";
import { keyOf, Reconciler } from "./reconciler.ts";
import { QueueClaims } from "./queue_claims.ts";
import { statusOf } from "./status.ts";
import { WorkQueue } from "./work_queue.ts";

/** What it works with. */
export interface ControllerOptions {
  readonly client: KubeClient;
  readonly settings: ControllerSettings;
  readonly queues: Queues;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  /** Who this is, for events. */
  readonly identity: string;
  /** For how many actors it works at once. @default 16 */
  readonly workers?: number;
  /** How often all actors are looked at though nothing happened, in milliseconds. @default 10 minutes */
  readonly resyncMs?: number;
}

const ACTOR = { apiVersion: API_VERSION, kind: "Actor" };
const POD = { apiVersion: "v1", kind: "Pod" };

/**
 * Acts until the signal is aborted; resolves when nothing of it goes on any more.
 *
 * @throws What ends a watch for good: a mistake in here.
 */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { client, settings, queues, logger, metrics, identity, workers = 16, resyncMs = 600_000 } = options;
  // Ended as well when one of the watches fails.
  const own = new AbortController();
  const acting = AbortSignal.any([signal, own.signal]);
  const onProblem = (kind: string, error: KubeError, waitMs: number) => {
    metrics.watchFailures.inc({ kind });
    logger.warn("objects cannot be watched; it is tried again", { kind, error, waitMs: Math.round(waitMs) });
  };
  const onWrite = (write: string, kind: string) => metrics.writes.inc({ write, kind });
  const watched = {
    client,
    onProblem: (kind: { kind: string }, error: KubeError, waitMs: number) =>
      onProblem(kind.kind, error, waitMs),
  };
  const claims = new QueueClaims(settings);
  const actors = new Known({
    ...watched,
    kind: ACTOR,
    onChange: ({ type, object }) => {
      // What is done for it is to be found out anew.
      if (type === "deleted") queue.forget(keyOf(object));
      if (type === "added" && isFollowed(object)) queue.addRoutine(keyOf(object));
      else queue.add(keyOf(object));
      // Whether others have the queue that they want depends on this one.
      const concerned = type === "deleted" ? claims.remove(object) : claims.put(object);
      for (const key of concerned) queue.add(key);
    },
  });
  const pods = new Known({
    ...watched,
    kind: POD,
    labelSelector: MANAGED,
    group: (pod) => `${pod.metadata.namespace}/${actorOf(pod)}`,
    onChange: ({ object }) => addNamed(actorOf(object), object),
  });
  const children = new Children({
    client,
    onProblem,
    onWrite,
    onChange: ({ object }) => addNamed(ownerOf(object)?.name, object),
  });
  const addNamed = (name: string | undefined, { metadata: { namespace = "" } }: KubeObject) => {
    if (name === undefined || !actors.get(name, namespace)) return;
    const key = `${namespace}/${name}`;
    // What there is at the start has not happened now.
    if (known) queue.add(key);
    else queue.addRoutine(key);
  };
  const addAll = () => {
    for (const actor of actors.list()) queue.addRoutine(keyOf(actor));
  };
  const recorder = new EventRecorder(client, { controller: "troupe.dev/controller", instance: identity });
  const reconciler = new Reconciler({
    ...{ client, settings, queues, actors, pods, children, claims, recorder, logger, onWrite },
    again: (key) => queue.add(key),
    signal: acting,
  });
  let known = false;
  // Nothing is done before it is known what there is.
  const ready = Promise.all([actors.synced, pods.settled, children.settled()]);
  ready.then(() => known = true);
  const queue = new WorkQueue({
    workers,
    async handle(key) {
      await Promise.race([ready, ended(acting)]);
      acting.throwIfAborted();
      const done = metrics.reconciled();
      try {
        const again = await reconciler.reconcile(key);
        done("success");
        return again;
      } catch (error) {
        done("failure");
        throw error;
      }
    },
    onFailure: (key, error, waitMs) =>
      logger.warn("an actor is not what it is to be; it is tried again", {
        actor: key,
        error,
        waitMs: Math.round(waitMs),
      }),
  });
  metrics.watch({ queue, actors });
  children.whenKnown(addAll);
  const timer = setInterval(addAll, resyncMs);
  try {
    await Promise.all([actors, pods, children].map((each) =>
      each.run(acting).catch((error) => {
        own.abort(error);
        throw error;
      })
    ));
  } finally {
    clearInterval(timer);
    own.abort();
    metrics.watch(undefined);
    await queue.close();
  }
}

/** Whether what its spec says now has been looked at before. */
function isFollowed(actor: KubeObject): boolean {
  return actor.metadata.deletionTimestamp === undefined &&
    statusOf(actor).observedGeneration === actor.metadata.generation;
}

/** Whose pod it is. */
function actorOf({ metadata: { labels } }: KubeObject): string | undefined {
  return labels?.["app.kubernetes.io/instance"];
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
