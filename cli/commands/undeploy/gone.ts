/**
 * Waits until actors are gone.
 *
 * @module
 */

import { Informer, type KubeClient, type KubeObject } from "@troupe/controller/kube";
import { z } from "zod";
import { ACTOR } from "../deploy/ours.ts";
import type { Teller } from "../deploy/tell.ts";

const Waiting = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({
      type: z.string(),
      reason: z.string().default(""),
      message: z.string().default(""),
    })).default([]),
  }).prefault({}),
});

/** Why an actor that is being deleted is still there; empty when it does not say. */
export function whyThere(actor: KubeObject): string {
  const { status: { conditions } } = Waiting.parse(actor);
  const queue = conditions.find(({ type }) => type === "QueueReady");
  return queue === undefined || queue.reason === "Declared" ? "" : queue.message;
}

/** How it is waited. */
export interface GoneOptions {
  readonly namespace: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly teller: Teller;
}

/**
 * Waits until these very objects are gone: one that is made anew meanwhile is another.
 *
 * @returns Those that are still there: none, unless the time was over or somebody interrupted.
 */
export async function untilGone(
  client: KubeClient,
  actors: readonly KubeObject[],
  { namespace, timeoutMs, signal, teller }: GoneOptions,
): Promise<KubeObject[]> {
  const ended = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  const end = () => resolve();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  const said = new Map<string, string>();
  let known = false;
  const informer = new Informer({
    client,
    kind: ACTOR,
    namespace,
    onChange: () => look(),
    onProblem: ({ message }) => teller.step({ state: "warn", text: message, advice: "It is tried again." }),
  });
  const left = () =>
    actors.flatMap(({ metadata: { name = "", uid } }) => {
      const there = informer.get(name, namespace);
      return there?.metadata.uid === uid && there !== undefined ? [there] : [];
    });
  const look = () => {
    if (!known) return;
    const there = left();
    const names = new Set(there.map(({ metadata: { name = "" } }) => name));
    for (const { metadata: { name = "" } } of actors) {
      if (names.has(name) || said.get(name) === "gone") continue;
      said.set(name, "gone");
      teller.step({ state: "ok", text: `actor ${name}: gone` });
    }
    for (const actor of there) {
      const why = whyThere(actor);
      const { name = "" } = actor.metadata;
      if (why === "" || said.get(name) === why) continue;
      said.set(name, why);
      teller.step({ state: "warn", text: `actor ${name}: waits`, advice: why });
    }
    if (there.length === 0) resolve();
  };
  const running = informer.run(ended.signal);
  running.catch(reject);
  void informer.synced.then(() => {
    known = true;
    look();
  });
  try {
    await promise;
    return known ? left() : [...actors];
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    ended.abort();
    await Promise.allSettled([running]);
  }
}
