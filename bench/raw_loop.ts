/**
 * What the client and the broker can do without a mesh: take, publish with a confirm, acknowledge.
 *
 * @module
 */

import { type ChannelModel, connect } from "amqplib";
import type { Buffer } from "node:buffer";
import type { RabbitmqServer } from "@troupe/tests/servers/rabbitmq";
import { IN_FLIGHT, type Way } from "./transport.ts";

/** A connection of the plain client. */
export function connectRaw({ host: hostname, port, user, password }: RabbitmqServer): Promise<ChannelModel> {
  return connect({ hostname, port, username: user, password }, { noDelay: true });
}

/** Moves messages between two queues of the broker, and gives how long it took, in milliseconds. */
export async function moveRaw(server: RabbitmqServer, { from, to, count }: Way): Promise<number> {
  const connection = await connectRaw(server);
  const consuming = await connection.createChannel();
  const publishing = await connection.createConfirmChannel();
  await consuming.prefetch(IN_FLIGHT);
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    let moved = 0;
    const pass = (content: Buffer, onConfirm: () => void) =>
      publishing.publish("", to, content, { persistent: true, mandatory: true }, (error) => {
        if (error) reject(error);
        else onConfirm();
      });
    consuming.consume(from, (message) => {
      if (!message) return reject(new Error("the queue was deleted"));
      pass(message.content, () => {
        consuming.ack(message);
        if (++moved === count) resolve();
      });
    }).catch(reject);
  });
  const took = performance.now() - started;
  await connection.close();
  return took;
}
