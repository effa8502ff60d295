/**
 * Names and arguments of everything on the broker that belongs to a mesh.
 *
 * Ours are `troupe_{namespace}_{actor}`: namespaces and actors are DNS labels, which have no `_`, so no two share a name;
 * and the longest, with two labels of 63 characters, stays far below the 255 bytes that AMQP allows. What belongs to the
 * mesh as a whole has two `_`, as no actor has.
 *
 * Asya's are `asya-{namespace}-{actor}`: classic durable queues without arguments, as Asya re-declares them so, bound to
 * the topic exchange `asya` by the actor's name. Such a queue has no dead letters and no count of deliveries.
 *
 * @module
 */

import type { NamingMode } from "./address.ts";
import { type Declaration, keptQueue } from "./declaration.ts";
import { dueBinding, ladderDeclarations, type LadderNames } from "./delay_ladder.ts";

/** Where a message is published to. */
export interface Target {
  readonly exchange: string;
  readonly routingKey: string;
}

/** One mesh on a broker. */
export interface Topology {
  readonly mode: NamingMode;
  readonly namespace: string;
  /** Names of the ladder of delays. */
  readonly ladder: LadderNames;
  /** The queue of what the broker itself gave up. */
  readonly dead: string;
  /**
   * The exchange over which messages come to actors. The broker's own would do, but for one thing: nothing can be unbound
   * from it, so that a queue could not be removed without losing what comes in that moment.
   */
  readonly entry: Extract<Declaration, { kind: "exchange" }>;
  /** The exchange of broadcasts. */
  readonly news: string;
  /** The queue in which the names of the actors are kept, and the one that is the lock on it. */
  readonly registry: string;
  readonly registryLock: string;
  /** An actor's queue. */
  queueOf(actor: string): string;
  /** The queue of an actor's suspects; undefined where deliveries are not counted. */
  suspectsOf(actor: string): string | undefined;
  /** The actor that a queue belongs to, also one of suspects; undefined for other queues. */
  actorOf(queue: string): string | undefined;
  /** Where to publish to an actor. */
  targetOf(actor: string): Target;
  /** Where to publish to an actor's queue of suspects. */
  suspectTargetOf(actor: string): Target;
  /** The destination of a message in the ladder. */
  dueName(actor: string, options?: { readonly suspect?: boolean }): string;
  /** What has to exist before any actor. */
  readonly base: readonly Declaration[];
  /** What has to exist before anything is delayed; beside the base. */
  readonly delays: readonly Declaration[];
  /** What has to exist for an actor; beside the base. */
  declarationsOf(actor: string): readonly Declaration[];
}

/** The exchange that Asya publishes to. */
const ASYA_EXCHANGE = "asya";
const SUSPECT = "_suspect";

/** The names and arguments of a mesh. */
export function topologyOf(
  { namespace, mode }: { readonly namespace: string; readonly mode: NamingMode },
): Topology {
  return mode === "asya" ? asyaTopology(namespace) : troupeTopology(namespace);
}

function troupeTopology(namespace: string): Topology {
  const prefix = `troupe_${namespace}_`;
  const common = commonParts("troupe", namespace, `${prefix}_`);
  const deadLetters = {
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": common.dead,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
  };
  const queueOf = (actor: string) => `${prefix}${actor}`;
  const suspectsOf = (actor: string) => `${prefix}${actor}${SUSPECT}`;
  const entry = { kind: "exchange", name: `${prefix}_entry`, type: "direct" } as const;
  return {
    ...common,
    entry,
    base: [...common.base, entry],
    registry: `${prefix}_registry`,
    registryLock: `${prefix}_registry_lock`,
    queueOf,
    suspectsOf,
    actorOf(queue) {
      if (!queue.startsWith(prefix)) return undefined;
      const actor = queue.slice(prefix.length).replace(new RegExp(`${SUSPECT}$`), "");
      return actor === "" || actor.includes("_") ? undefined : actor;
    },
    targetOf: (actor) => ({ exchange: entry.name, routingKey: actor }),
    suspectTargetOf: (actor) => ({ exchange: entry.name, routingKey: `${actor}${SUSPECT}` }),
    declarationsOf: (actor) =>
      [[queueOf(actor), actor], [suspectsOf(actor), `${actor}${SUSPECT}`]].flatMap((
        [queue = "", due = ""],
      ) => [
        { kind: "queue", name: queue, arguments: keptQueue(deadLetters) },
        { kind: "binding", exchange: entry.name, routingKey: due, queue },
        { kind: "binding", exchange: common.ladder.due, routingKey: dueBinding(due), queue },
      ]),
  };
}

function asyaTopology(namespace: string): Topology {
  const prefix = `asya-${namespace}-`;
  const common = commonParts("asya", namespace, `troupe-asya_${namespace}__`);
  const queueOf = (actor: string) => `${prefix}${actor}`;
  const targetOf = (actor: string) => ({ exchange: ASYA_EXCHANGE, routingKey: actor });
  const entry = { kind: "exchange", name: ASYA_EXCHANGE, type: "topic" } as const;
  return {
    ...common,
    entry,
    base: [...common.base, entry],
    // One for all namespaces: their names, and the exchange, are shared, so that actors of two of them can collide.
    registry: "troupe-asya__registry",
    registryLock: "troupe-asya__registry_lock",
    queueOf,
    suspectsOf: () => undefined,
    actorOf: (queue) => queue.startsWith(prefix) ? queue.slice(prefix.length) : undefined,
    targetOf,
    suspectTargetOf: targetOf,
    declarationsOf(actor) {
      const queue = queueOf(actor);
      return [
        { kind: "queue", name: queue, arguments: {} },
        { kind: "binding", exchange: ASYA_EXCHANGE, routingKey: actor, queue },
        { kind: "binding", exchange: common.ladder.due, routingKey: dueBinding(actor), queue },
      ];
    },
  };
}

function commonParts(mode: NamingMode, namespace: string, prefix: string) {
  const dead = `${prefix}dead`;
  const lost = `${prefix}lost`;
  const ladder = { rung: `${prefix}delay_`, due: `${prefix}due` };
  return {
    mode,
    namespace,
    dead,
    ladder,
    news: `${prefix}news`,
    dueName: (actor: string, { suspect = false } = {}) => suspect ? `${actor}${SUSPECT}` : actor,
    base: [
      { kind: "queue", name: dead, arguments: keptQueue() },
      { kind: "exchange", name: lost, type: "fanout" },
      { kind: "binding", exchange: lost, routingKey: "", queue: dead },
      { kind: "exchange", name: ladder.due, type: "topic", alternate: lost },
    ] satisfies Declaration[],
    delays: ladderDeclarations(ladder),
  };
}
