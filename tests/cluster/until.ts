/**
 * Waiting for a cluster: by what it tells, not by the clock.
 *
 * @module
 */

import { Informer, type KubeClient, type KubeObject, type ObjectRef } from "@troupe/controller/kube";
import { z } from "zod";

/** How long is waited, in milliseconds, unless a test says otherwise. */
const PATIENCE_MS = 30_000;

const ConditionsSchema = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({
      type: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      message: z.string().optional(),
    })),
  }),
});

/** A condition of an object's status; nothing when it has none of that type. */
export function conditionOf(object: KubeObject | undefined, type: string) {
  return ConditionsSchema.safeParse(object).data?.status.conditions.find((each) => each.type === type);
}

/** What is waited with. */
export interface UntilOptions {
  /** In milliseconds; then it fails. @default 30 seconds */
  readonly patienceMs?: number;
  /** Ends it early; it then fails as if it were late. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until an object is as it should be.
 *
 * @param holds Is given the object as it is, or nothing when there is none.
 * @returns What it was given when it held.
 * @throws {Error} when it does not come to that in time, with the object as it was last.
 */
export async function until<T extends KubeObject | undefined = KubeObject>(
  client: KubeClient,
  ref: ObjectRef,
  holds: (object: KubeObject | undefined) => boolean,
  { patienceMs = PATIENCE_MS, signal }: UntilOptions = {},
): Promise<T> {
  const { apiVersion, kind, name, namespace } = ref;
  const end = new AbortController();
  let late = false;
  const stop = () => {
    late = true;
    end.abort();
  };
  const timer = setTimeout(stop, patienceMs);
  signal?.addEventListener("abort", stop);
  const held = Promise.withResolvers<KubeObject | undefined>();
  const informer = new Informer({
    client,
    kind: { apiVersion, kind },
    namespace,
    fieldSelector: `metadata.name=${name}`,
    onChange: () => check(),
  });
  const check = () => {
    const object = informer.get(name, namespace);
    if (holds(object)) held.resolve(object);
  };
  const running = informer.run(end.signal);
  try {
    const ended = running.then(() => undefined);
    const first = await Promise.race([informer.synced.then(check).then(() => held.promise), ended]);
    if (!late) return first as T;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    end.abort();
    await running;
  }
  const last = informer.get(name, namespace);
  throw new Error(
    `${kind} ${namespace ?? ""}/${name} did not become so in time: ${
      last ? JSON.stringify(last) : "it is not there"
    }`,
  );
}

/** Waits until an object is there. */
export function exists(client: KubeClient, ref: ObjectRef, options?: UntilOptions): Promise<KubeObject> {
  return until(client, ref, (object) => object !== undefined, options);
}

/** Waits until an object is gone. */
export async function gone(client: KubeClient, ref: ObjectRef, options?: UntilOptions): Promise<void> {
  await until<undefined>(client, ref, (object) => object === undefined, options);
}
