/**
 * Brings objects into a cluster.
 *
 * @module
 */

import { isKubeError, type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { pause } from "@troupe/host/pause";
import { Slots } from "@troupe/host/slots";
import { AT_ONCE, type ObjectChange } from "./changes.ts";
import { isComponent } from "./component_object.ts";
import { ACTOR, DEPLOYER } from "./ours.ts";
import { nameOf } from "./wanted.ts";

/** How often an object is tried that somebody else writes in the same moment. */
const ATTEMPTS = 5;
/** Pause between two questions whether a kind can be used by now, in milliseconds: discovery tells nobody. */
const PROBE_MS = 200;
/** How long a new kind may take, in milliseconds. */
const KIND_PATIENCE_MS = 60_000;

/** How objects are applied. */
export interface ApplyingOptions {
  readonly force: boolean;
  /** Begins nothing more. */
  readonly signal: AbortSignal;
  /** Told of each that is done. */
  readonly onDone: (change: ObjectChange) => void;
}

/**
 * Applies what would change, in order; what is of the same kind, at once.
 *
 * @returns How many are done: all, unless the signal was aborted.
 */
export async function applyAll(
  client: KubeClient,
  changes: readonly ObjectChange[],
  { force, signal, onDone }: ApplyingOptions,
): Promise<number> {
  const slots = new Slots(AT_ONCE);
  let done = 0;
  for (const together of byKind(changes.filter(({ kind }) => kind !== "none"))) {
    const [first] = together;
    if (first?.object.kind === ACTOR.kind) await untilKnown(client, first.object.metadata.namespace, signal);
    const results = await Promise.allSettled(together.map((change) =>
      slots.use(async () => {
        if (signal.aborted) return;
        await applyOne(client, change.object, force);
        done++;
        onDone(change);
      })
    ));
    const failed = results.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    if (signal.aborted) break;
  }
  return done;
}

function byKind(changes: readonly ObjectChange[]): ObjectChange[][] {
  const groups: ObjectChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last?.[0]?.object.kind === change.object.kind) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** A call that was begun is not cut short: it is known then what came of it. */
async function applyOne(client: KubeClient, object: KubeObject, force: boolean): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      await client.apply(object, { fieldManager: DEPLOYER, force });
      return;
    } catch (error) {
      const meanwhile = isKubeError(error, "troupe.KubeAlreadyExists", "troupe.KubeConflict") &&
        !error.causes.some(({ reason }) => reason === "FieldManagerConflict");
      if (!meanwhile || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Waits until actors can be made: their definition may be new. */
async function untilKnown(
  client: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + KIND_PATIENCE_MS;
  while (!signal.aborted) {
    try {
      await client.list(ACTOR, { namespace, fieldSelector: "metadata.name=none" });
      return;
    } catch (error) {
      const early = isKubeError(error, "troupe.KubeUnknownKind", "troupe.KubeNotFound");
      if (!early || performance.now() > end) throw error;
      await pause(PROBE_MS, signal);
    }
  }
}

/** Makes components that are not there any more, though they were a moment ago. @returns Their names. */
export async function restore(
  client: KubeClient,
  objects: readonly KubeObject[],
  there: ReadonlySet<string>,
): Promise<string[]> {
  const lost = objects.filter((object) => isComponent(object) && !there.has(object.metadata.name ?? ""));
  for (const object of lost) {
    if (await client.find(refOf(object)) === undefined) await applyOne(client, object, false);
  }
  return lost.map(nameOf);
}
