/**
 * How KEDA sees how long the queue of an actor is.
 *
 * RabbitMQ's management interface tells of all envelopes of a queue. Over AMQP a broker tells only of those that wait, and
 * not of those that hosts have in hand: so it is asked over HTTP wherever the settings name that interface.
 *
 * @module
 */

import { readTransport } from "../transport_settings.ts";
import type { ScaleTrigger } from "./objects.ts";
import type { Plan } from "./plan.ts";

/**
 * How many waiting envelopes stand for one replica, where only those that wait are seen.
 *
 * To have a replica for every `queueLength` envelopes, R replicas have to be wanted when there are R × `queueLength`. Of these
 * each has up to `concurrency` in hand, so R × (`queueLength` - `concurrency`) wait. Where replicas have as much in hand as
 * they are wanted for, or more, each envelope that waits is one too many.
 *
 * @example
 * ```ts
 * import { waitingFor } from "@troupe/controller/build";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(waitingFor({ queueLength: 100, concurrency: 32 }), 68);
 * assertEquals(waitingFor({ queueLength: 5, concurrency: 32 }), 1);
 * ```
 */
export function waitingFor(
  { queueLength, concurrency }: { readonly queueLength: number; readonly concurrency: number },
): number {
  return Math.max(1, queueLength - concurrency);
}

/** Suspects are given out one by one: whoever is there takes all of them, and more replicas would be of no use. */
const SUSPECTS_EACH = 1000;

/** Whether envelopes in hand are seen. */
export function seesAll({ queue: { transport } }: Plan): boolean {
  return transport.management !== undefined;
}

/** The triggers of an actor's queue, and of the queue of its suspects. */
export function queueTriggers(plan: Plan): ScaleTrigger[] {
  const { actor: { spec: { scaling, limits } }, queue: { queue, suspects } } = plan;
  const value = seesAll(plan)
    ? scaling.queueLength
    : waitingFor({ queueLength: scaling.queueLength, concurrency: limits.concurrency });
  return [
    trigger(plan, { name: "queue", queueName: queue, value, activation: scaling.activation }),
    ...(suspects === undefined
      ? []
      : [trigger(plan, { name: "suspects", queueName: suspects, value: SUSPECTS_EACH, activation: 0 })]),
  ];
}

function trigger(
  plan: Plan,
  { name, queueName, value, activation }: {
    readonly name: string;
    readonly queueName: string;
    readonly value: number;
    readonly activation: number;
  },
): ScaleTrigger {
  return {
    type: "rabbitmq",
    name,
    metadata: {
      protocol: seesAll(plan) ? "http" : "amqp",
      host: hostOf(plan),
      queueName,
      mode: "QueueLength",
      value: String(value),
      activationValue: String(activation),
    },
    authenticationRef: { name: plan.name },
  };
}

/** Where KEDA asks: who it is stands in the TriggerAuthentication. It knows one node of a broker only. */
function hostOf({ queue: { address, transport: { management, tls } } }: Plan): string {
  const { nodes: [node], vhost } = readTransport(address);
  const path = encodeURIComponent(vhost);
  if (management !== undefined) return `${management.replace(/\/+$/, "")}/${path}`;
  const scheme = tls !== undefined || address.startsWith("rabbitmqs:") ? "amqps" : "amqp";
  const { host = "", port = 5672 } = node ?? {};
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}/${path}`;
}
