/**
 * What a message's headers tell of its past.
 *
 * The broker counts deliveries, and begins again with 0 when a message is published anew; so what it had counted is carried
 * along in headers of ours whenever a message is moved. The count is a hint: it rises also for messages that a lost consumer
 * had been given and never begun. Among suspects, which are given out one at a time and begun at once, it says how many
 * consumers were lost while they had just this message in hand.
 *
 * @module
 */

import type { ConsumeMessage } from "amqplib";
import { z } from "zod";
import type { GivenUp } from "../transport.ts";
import { destinationOf } from "./delay_ladder.ts";
import { REST_HEADER } from "./publisher.ts";
import type { Topology } from "./topology.ts";

const DELIVERIES_HEADER = "x-troupe-deliveries";
const LOSSES_HEADER = "x-troupe-losses";

/** What is known of a message's past. */
export interface Marks {
  /** How often it was delivered before. */
  readonly deliveries: number;
  /** How many consumers were lost with it while it was a suspect. */
  readonly losses: number;
  /** How much of its delay is left, in milliseconds. */
  readonly restMs: number;
}

const Count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).catch(0);
const Deaths = z.array(z.object({ queue: z.string(), reason: z.string() })).min(1);

/** Reads the marks. Headers that others have put there count for nothing where they are no numbers. */
export function readMarks(
  { properties, fields }: ConsumeMessage,
  from: { readonly suspects: boolean },
): Marks {
  const headers = properties.headers ?? {};
  const here = "x-delivery-count" in headers
    ? Count.parse(headers["x-delivery-count"])
    : Number(fields.redelivered);
  const before = Count.parse(headers[DELIVERIES_HEADER]);
  const losses = Count.parse(headers[LOSSES_HEADER]);
  return {
    deliveries: before + here,
    losses: from.suspects ? losses + here : losses,
    restMs: Count.parse(headers[REST_HEADER]),
  };
}

/** The headers that carry marks along when a message is published anew. */
export function marksHeaders({ deliveries, losses }: Marks): Record<string, number> {
  return {
    ...(deliveries > 0 ? { [DELIVERIES_HEADER]: deliveries } : {}),
    ...(losses > 0 ? { [LOSSES_HEADER]: losses } : {}),
  };
}

/** Why the broker gave a message up that is in the queue of what is dead. */
export function readGivenUp({ properties, fields }: ConsumeMessage, topology: Topology): GivenUp {
  const { ladder } = topology;
  // The exchange is the one that the message was published to, whichever it passed then: that below its last rung.
  if (fields.exchange === ladder.due || fields.exchange.startsWith(ladder.rung)) {
    const queue = destinationOf(fields.routingKey).replace(/_suspect$/, "");
    return { queue, reason: "its queue was gone when its delay was over" };
  }
  const [death] = Deaths.safeParse(properties.headers?.["x-death"]).data ?? [];
  if (!death) return { queue: "", reason: "somebody has put it into the queue of what is dead" };
  return { queue: topology.actorOf(death.queue) ?? death.queue, reason: `the broker says ${death.reason}` };
}
