/**
 * Many actors in one namespace: one mesh, which is the worst case, as all of them are in one list on the broker.
 *
 * @module
 */

import { Informer, type KubeClient, type KubeObject, refOf } from "@troupe/controller/kube";
import { actorOf } from "../../tests/cluster/_controller_testing.ts";
import { conditionOf } from "../../tests/cluster/until.ts";

/** How many are created at once. */
const AT_ONCE = 16;
const ACTOR = { apiVersion: "troupe.dev/v1alpha1", kind: "Actor" };

/** How an actor is, as far as is waited for. */
type Holds = (actor: KubeObject) => boolean;

/** Whether a condition has a status or a reason, seen of the actor as it is now. */
export function has(type: string, statusOrReason: string): Holds {
  return (actor) => {
    const condition = conditionOf(actor, type) as Record<string, unknown> | undefined;
    return [condition?.status, condition?.reason].includes(statusOrReason) &&
      condition?.observedGeneration === actor.metadata.generation;
  };
}

/** The actors of a namespace, and a view on all of them that is kept up to date. */
export class Crowd implements AsyncDisposable {
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #informer: Informer;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  readonly #checks = new Set<(actor: KubeObject) => void>();

  constructor(client: KubeClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#informer = new Informer({
      client,
      kind: ACTOR,
      namespace,
      onChange: ({ object }) => {
        for (const check of this.#checks) check(object);
      },
    });
    this.#running = this.#informer.run(this.#end.signal);
  }

  /** Makes actors: `PREFIX-0` and so on. */
  async create(prefix: string, count: number, spec: Readonly<Record<string, unknown>> = {}): Promise<void> {
    let next = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (next < count) await this.#client.create(actorOf(this.#namespace, `${prefix}-${next++}`, spec));
    }));
  }

  /** Changes the spec of one. @returns How long it was until that had been taken up, in milliseconds. */
  async change(name: string, spec: Readonly<Record<string, unknown>>): Promise<number> {
    const ref = { ...ACTOR, namespace: this.#namespace, name };
    const begun = performance.now();
    const { metadata: { generation = 0 } } = await this.#client.merge(ref, { spec });
    await this.until(1, (actor) =>
      actor.metadata.name === name &&
      ((actor.status as { observedGeneration?: number } | undefined)?.observedGeneration ?? 0) >= generation);
    return performance.now() - begun;
  }

  /** Resolves when something holds of so many actors. */
  async until(count: number, holds: Holds): Promise<void> {
    const those = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = (actor: KubeObject) => {
      if (holds(actor)) those.add(actor.metadata.name ?? "");
      else those.delete(actor.metadata.name ?? "");
      if (those.size >= count) resolve();
    };
    this.#checks.add(check);
    for (const actor of this.#informer.list()) check(actor);
    await promise;
    this.#checks.delete(check);
  }

  /** Deletes those that are called so. */
  async remove(prefix: string): Promise<void> {
    const those = this.#informer.list().filter(({ metadata }) => metadata.name?.startsWith(`${prefix}-`));
    let next = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let actor = those[next++]; actor; actor = those[next++]) await this.#client.delete(refOf(actor));
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }
}
