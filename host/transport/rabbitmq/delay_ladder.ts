/**
 * Delays on a broker that has none: a ladder of queues, each of which keeps a message for twice as long as the one below.
 *
 * A delay is a number of steps of 100 ms, written in binary: each of its bits says whether the message stays in that rung
 * or passes it by. The bits and the destination are the routing key, so the broker's topic exchanges do all the work, and
 * what is delayed survives everything that the broker survives. Every rung keeps its messages equally long; so none waits
 * behind another. The last exchange hands a message to its queue, or, where that is gone, to the kept queue of what is
 * dead: without that, it would block the ladder for all.
 *
 * @module
 */

import type { Declaration } from "./declaration.ts";
import { keptQueue } from "./declaration.ts";

/** The shortest delay, and the step between two of them, in milliseconds. */
export const STEP_MS = 100;
/** How many rungs there are. */
export const RUNGS = 20;
/** The longest delay of one passage, in milliseconds: 29 hours. What is to wait longer passes again. */
export const LONGEST_MS = (2 ** RUNGS - 1) * STEP_MS;

/** Where a message enters the ladder. */
export interface LadderEntry {
  readonly exchange: string;
  readonly routingKey: string;
  /** What is left of the delay after this passage, in milliseconds; 0 for all but the longest. */
  readonly restMs: number;
}

/** Names of a mesh's ladder. */
export interface LadderNames {
  /** What the names of its rungs begin with. */
  readonly rung: string;
  /** The exchange that hands out what is due. */
  readonly due: string;
}

/**
 * Where a message enters that is to come to a destination after a delay; never earlier.
 *
 * @param delayMs More than 0.
 * @param destination The last word of the routing key: see {@linkcode dueBinding}.
 */
export function ladderEntry(
  delayMs: number,
  destination: string,
  names: LadderNames,
): LadderEntry {
  const steps = Math.max(1, Math.ceil(Math.min(delayMs, LONGEST_MS) / STEP_MS));
  const bits = steps.toString(2).padStart(RUNGS, "0");
  return {
    exchange: rungName(RUNGS - 1 - bits.indexOf("1"), names),
    routingKey: `${[...bits].join(".")}.${destination}`,
    restMs: Math.max(0, delayMs - LONGEST_MS),
  };
}

/** The routing key by which a queue is bound to the exchange of what is due. */
export function dueBinding(destination: string): string {
  return `#.${destination}`;
}

/** The destination in a routing key of the ladder. */
export function destinationOf(routingKey: string): string {
  return routingKey.split(".").at(-1) ?? "";
}

/** Names of the queues in which delayed messages are, the slowest first: in the order in which messages pass them. */
export function rungQueues(names: LadderNames): string[] {
  return Array.from({ length: RUNGS }, (_, i) => rungName(RUNGS - 1 - i, names));
}

/** What has to be declared for the ladder, beside the exchange of what is due. */
export function ladderDeclarations(names: LadderNames): Declaration[] {
  const rungs = Array.from({ length: RUNGS }, (_, rung) => rung);
  const below = (rung: number) => rung === 0 ? names.due : rungName(rung - 1, names);
  return [
    ...rungs.map((rung): Declaration => ({ kind: "exchange", name: rungName(rung, names), type: "topic" })),
    ...rungs.map((rung): Declaration => ({
      kind: "queue",
      name: rungName(rung, names),
      arguments: keptQueue({
        "x-message-ttl": STEP_MS * 2 ** rung,
        "x-dead-letter-exchange": below(rung),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      }),
    })),
    ...rungs.flatMap((rung): Declaration[] => {
      const before = "*.".repeat(RUNGS - 1 - rung);
      const exchange = rungName(rung, names);
      return [
        { kind: "binding", exchange, routingKey: `${before}1.#`, queue: exchange },
        { kind: "exchange-binding", exchange, routingKey: `${before}0.#`, to: below(rung) },
      ];
    }),
  ];
}

function rungName(rung: number, names: LadderNames): string {
  return `${names.rung}${String(rung).padStart(2, "0")}`;
}
