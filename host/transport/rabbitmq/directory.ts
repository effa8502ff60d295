/**
 * The actors of a mesh, as the registry's list has them, and the queues that they have.
 *
 * @module
 */

import type { Connector } from "./connector.ts";
import { rungQueues } from "./delay_ladder.ts";
import { RabbitmqCollisionError } from "./errors.ts";
import type { Inspector } from "./inspector.ts";
import type { Registry } from "./registry.ts";
import { type Topology, topologyOf } from "./topology.ts";

/** What a directory needs. */
export interface DirectoryOptions {
  readonly connector: Connector;
  readonly topology: Topology;
  readonly registry: Registry;
  readonly inspector: Inspector;
}

/** Stands in the list for the ladder of delays, once it was made; no actor's name has a `_`. */
const DELAYS = "_delays";
/** How old the list may be when depths are asked for, which some do again and again, in milliseconds. */
const DEPTHS_AGE_MS = 2_000;

/** Actors and queues. */
export class Directory {
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** Enters actors, whose queues exist. */
  async enter(actors: readonly string[]): Promise<void> {
    await this.#options.registry.add(actors.map((actor) => this.#entry(actor)));
  }

  /** Enters that the ladder of delays exists. */
  async enterDelays(): Promise<void> {
    await this.enter([DELAYS]);
  }

  /**
   * Asya's queue names join namespace and actor with a `-` that both may hold; its routing keys hold the actor alone. So its
   * list is one for all namespaces, and two actors that would get each other's messages are refused.
   *
   * @throws {RabbitmqCollisionError} when one of the actors is such a one.
   */
  async refuseCollisions(actors: readonly string[]): Promise<void> {
    const { topology, registry } = this.#options;
    if (topology.mode !== "asya" || actors.length === 0) return;
    for (const other of await registry.entries()) {
      const [namespace = "", name = ""] = other.split("/");
      if (namespace === topology.namespace || name === DELAYS) continue;
      const queue = topologyOf({ mode: "asya", namespace }).queueOf(name);
      const actor = actors.find((actor) => actor === name || topology.queueOf(actor) === queue);
      if (actor !== undefined && await this.#exists(queue)) {
        throw new RabbitmqCollisionError(this.#entry(actor), other);
      }
    }
  }

  /** Messages that are ready for an actor, suspects among them; undefined when it has no queue. */
  async ready(actor: string): Promise<number | undefined> {
    const { connector, inspector, topology } = this.#options;
    const link = await connector.link();
    const ready = await inspector.count(topology.queueOf(actor), link);
    const suspects = topology.suspectsOf(actor);
    if (ready === undefined || suspects === undefined) return ready;
    return ready + (await inspector.count(suspects, link) ?? 0);
  }

  /** How much is ready for each actor, in the order of their names. Those whose queues are gone are forgotten. */
  async allReady({ fresh }: { readonly fresh: boolean }): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    const gone: string[] = [];
    for (const actor of await this.#actors(fresh ? 0 : DEPTHS_AGE_MS)) {
      const ready = await this.ready(actor);
      if (ready === undefined) gone.push(actor);
      else counts.set(actor, ready);
    }
    if (gone.length > 0) await this.#forget(gone);
    return counts;
  }

  /** How many messages are delayed, whosever they are. One that is on its way from one rung to the next can be missed. */
  async delayed(): Promise<number> {
    const { connector, inspector, registry, topology } = this.#options;
    // Asking for what does not exist leaves an error in the broker's log each time.
    if (!(await registry.entries({ maxAgeMs: DEPTHS_AGE_MS })).includes(this.#entry(DELAYS))) return 0;
    const link = await connector.link();
    let delayed = 0;
    for (const rung of rungQueues(topology.ladder)) delayed += await inspector.count(rung, link) ?? 0;
    return delayed;
  }

  async #actors(maxAgeMs: number): Promise<string[]> {
    const { mode, namespace } = this.#options.topology;
    const prefix = mode === "asya" ? `${namespace}/` : "";
    return (await this.#options.registry.entries({ maxAgeMs }))
      .filter((entry) => entry.startsWith(prefix) && entry !== this.#entry(DELAYS))
      .map((entry) => entry.slice(prefix.length));
  }

  async #forget(actors: readonly string[]): Promise<void> {
    const { registry, topology } = this.#options;
    const queues = new Map(actors.map((actor) => [this.#entry(actor), topology.queueOf(actor)]));
    await registry.drop([...queues.keys()], async (entry) => !await this.#exists(queues.get(entry) ?? ""));
  }

  async #exists(queue: string): Promise<boolean> {
    const { connector, inspector } = this.#options;
    return await inspector.count(queue, await connector.link()) !== undefined;
  }

  #entry(actor: string): string {
    const { mode, namespace } = this.#options.topology;
    return mode === "asya" ? `${namespace}/${actor}` : actor;
  }
}
