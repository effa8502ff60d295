/**
 * Which actor has which queue, where several would have the same one: two namespaces whose transport names the mesh, or names
 * of Asya that come to the same.
 *
 * The older actor has it, and of two of one second the one whose `NAMESPACE/NAME` comes first: that is the same after each
 * start, and for each replica. An actor that is being deleted has its queue until it is gone.
 *
 * @module
 */

import { queuePlanOf } from "../build/mod.ts";
import type { KubeObject } from "../kube/mod.ts";
import type { ControllerSettings } from "../settings.ts";
import { readTransport, type TransportSettings } from "../transport_settings.ts";

/** Who wants which queue. */
export class QueueClaims {
  readonly #settings: ControllerSettings;
  /** Actors by what they want, and what they want by their keys. */
  readonly #actors = new Map<string, Map<string, KubeObject>>();
  readonly #claims = new Map<string, readonly string[]>();

  constructor(settings: ControllerSettings) {
    this.#settings = settings;
  }

  /**
   * Takes an actor as it is.
   *
   * @returns The keys of others that want, or wanted, the same queue: whether they have it may have changed.
   */
  put(actor: KubeObject): readonly string[] {
    const key = keyOf(actor);
    const claims = this.#claimsOf(actor);
    const concerned = this.#drop(key);
    for (const claim of claims) {
      const actors = this.#actors.get(claim) ?? new Map<string, KubeObject>();
      this.#actors.set(claim, actors.set(key, actor));
      for (const other of actors.keys()) concerned.add(other);
    }
    this.#claims.set(key, claims);
    concerned.delete(key);
    return [...concerned];
  }

  /** Takes that an actor is gone. @returns As {@linkcode put}. */
  remove(actor: KubeObject): readonly string[] {
    const concerned = this.#drop(keyOf(actor));
    this.#claims.delete(keyOf(actor));
    return [...concerned];
  }

  /** The key of the actor that has the queue which an actor wants; nothing when it has it itself, or wants none. */
  holderBefore(actor: KubeObject): string | undefined {
    const claims = this.#claims.get(keyOf(actor)) ?? this.#claimsOf(actor);
    const rivals = claims.flatMap((claim) => [...this.#actors.get(claim)?.values() ?? []]);
    const [first] = rivals.filter((rival) => isBefore(rival, actor)).sort((a, b) => isBefore(a, b) ? -1 : 1);
    return first && keyOf(first);
  }

  #drop(key: string): Set<string> {
    const concerned = new Set<string>();
    for (const claim of this.#claims.get(key) ?? []) {
      const actors = this.#actors.get(claim);
      actors?.delete(key);
      if (actors?.size === 0) this.#actors.delete(claim);
      for (const other of actors?.keys() ?? []) concerned.add(other);
    }
    return concerned;
  }

  /** What nobody else may have: the queue, and in Asya's mode what comes to it, which goes by the actor's name alone. */
  #claimsOf({ metadata: { name = "", namespace = "" }, spec }: KubeObject): readonly string[] {
    const { transport = "default" } = (spec ?? {}) as { readonly transport?: string };
    const { transports } = this.#settings;
    if (!Object.hasOwn(transports, transport)) return [];
    const { address, topology, queue } = queuePlanOf(
      { name, namespace },
      transports[transport] as TransportSettings,
    );
    const { nodes, vhost } = readTransport(address);
    const broker = `${nodes.map(({ host, port }) => `${host}:${port}`).sort().join()}/${vhost}`;
    if (topology.mode !== "asya") return [`${broker} ${queue}`];
    const { exchange, routingKey } = topology.targetOf(name);
    return [`${broker} ${queue}`, `${broker} ${exchange}/${routingKey}`];
  }
}

function keyOf({ metadata: { namespace = "", name = "" } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function isBefore(a: KubeObject, b: KubeObject): boolean {
  const [one, other] = [a, b].map(({ metadata }) => String(metadata.creationTimestamp ?? ""));
  return one === other ? keyOf(a) < keyOf(b) : (one ?? "") < (other ?? "");
}
