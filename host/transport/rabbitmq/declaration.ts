/**
 * What is to exist on the broker, as data.
 *
 * @module
 */

import type { Channel } from "amqplib";
import { RabbitmqError, RabbitmqMismatchError, reasonOf, replyCode } from "./errors.ts";

/** Arguments of a queue. */
export type QueueArguments = Readonly<Record<string, string | number>>;

/** A queue, an exchange, or a binding; queues and exchanges are durable. */
export type Declaration =
  | { readonly kind: "queue"; readonly name: string; readonly arguments: QueueArguments }
  | {
    readonly kind: "exchange";
    readonly name: string;
    readonly type: "topic" | "fanout" | "direct";
    /** The exchange that gets what this one cannot route. */
    readonly alternate?: string;
  }
  | {
    readonly kind: "binding";
    readonly exchange: string;
    readonly routingKey: string;
    readonly queue: string;
  }
  | {
    readonly kind: "exchange-binding";
    readonly exchange: string;
    readonly routingKey: string;
    readonly to: string;
  };

/**
 * The highest limit of deliveries: a broker is never to drop by itself what was delivered often. Left out, RabbitMQ 4
 * would take 20; "none" cannot be said in a way that 3.10 and 4 both understand.
 */
const NO_DELIVERY_LIMIT = 2 ** 31 - 1;

/** Arguments of a quorum queue: replicated, on disk before it confirms. */
export function keptQueue(more: QueueArguments = {}): QueueArguments {
  return { "x-queue-type": "quorum", "x-delivery-limit": NO_DELIVERY_LIMIT, ...more };
}

/**
 * Declares in order. A channel on which something could not be declared is closed by the broker.
 *
 * @throws {RabbitmqMismatchError} when something exists with other arguments.
 */
export async function declareAll(channel: Channel, declarations: readonly Declaration[]): Promise<void> {
  for (const declaration of declarations) {
    try {
      await declare(channel, declaration);
    } catch (error) {
      throw mismatch(error) ??
        new RabbitmqError(`The broker did not declare ${describe(declaration)}`, error);
    }
  }
}

async function declare(channel: Channel, declaration: Declaration): Promise<void> {
  switch (declaration.kind) {
    case "queue":
      await channel.assertQueue(declaration.name, { durable: true, arguments: declaration.arguments });
      return;
    case "exchange": {
      const { name, type, alternate } = declaration;
      await channel.assertExchange(name, type, {
        durable: true,
        ...(alternate === undefined ? {} : { alternateExchange: alternate }),
      });
      return;
    }
    case "binding":
      await channel.bindQueue(declaration.queue, declaration.exchange, declaration.routingKey);
      return;
    case "exchange-binding":
      await channel.bindExchange(declaration.to, declaration.exchange, declaration.routingKey);
  }
}

function describe(declaration: Declaration): string {
  if ("name" in declaration) return `the ${declaration.kind} ${declaration.name}`;
  const to = declaration.kind === "binding" ? declaration.queue : declaration.to;
  return `the binding of ${to} to ${declaration.exchange}`;
}

/** The broker's "inequivalent arg", as an error that says what to do. */
function mismatch(error: unknown): RabbitmqMismatchError | undefined {
  if (replyCode(error) !== 406) return undefined;
  const found =
    /inequivalent arg '([^']+)' for (queue|exchange) '([^']+)' in vhost '[^']*': received (.+) but current is (.+)$/
      .exec(reasonOf(error));
  if (!found) return undefined;
  const [, argument = "", kind = "", name = "", wanted = "", is = ""] = found;
  return new RabbitmqMismatchError({ argument, kind, name, wanted: plain(wanted), found: plain(is) });
}

/** `'classic'`, or `the value '5' of type 'signedint'`, or `none`. */
function plain(value: string): string {
  if (value === "none") return "not set";
  const text = /^(?:the value )?'(.*?)'(?: of type '[^']*')?$/.exec(value)?.[1] ?? value;
  return JSON.stringify(text);
}
