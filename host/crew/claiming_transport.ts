/**
 * A transport on which payloads that are too large do not travel: they are kept in the store before the message is
 * published, and are in their envelope again when it is taken. Whoever publishes and takes sees nothing of that.
 *
 * @module
 */

import { SUMP } from "../actor_name.ts";
import { TroupeError } from "../errors.ts";
import type { Logger } from "../observe/logs.ts";
import type { Consumer, Delivery, Outcome, Outgoing, Transport } from "../transport/transport.ts";
import { CLAIM_ABOVE_BYTES, ClaimMissingError, holdsClaim, issueClaim, redeemClaim } from "./claim_check.ts";
import type { ClaimStore } from "./claims.ts";
import { refused } from "./refused.ts";

/** Where payloads are kept. */
export interface ClaimOptions {
  /** Opened when it is needed first; undefined where there is none. Then payloads travel, whatever their size. */
  readonly claims: (() => Promise<ClaimStore>) | undefined;
  readonly logger: Pick<Logger, "error">;
  /** Bodies up to this many bytes travel as they are. @default 256 KiB */
  readonly aboveBytes?: number;
}

/** While redeemed bodies of this many bytes are in hand, no further one is fetched. */
const MOST_IN_HAND_BYTES = 64 * 1024 * 1024;
/** Pause of a delivery whose payload cannot be had at the moment, in milliseconds. */
const RETRY_MS = 1_000;

/** A process without a store was given an envelope whose payload is in one. */
class NoClaimStoreError extends TroupeError {
  constructor() {
    super(
      "troupe.NoClaimStore",
      "user",
      "The payload of an envelope is in the mesh's store, which this process was not given: start it with --store " +
        "ADDRESS, or --objects ADDRESS, the same as for x-sink",
    );
  }
}

/** Keeps large payloads of a transport's messages in a store, but for one from whose queues others take. */
export function withClaims(transport: Transport, options: ClaimOptions): Transport {
  const { claims, logger, aboveBytes = CLAIM_ABOVE_BYTES } = options;
  let told = "";
  let inHandBytes = 0;
  let roomMade = Promise.withResolvers<void>();

  /** The messages as they travel; nothing when that cannot be said at the moment. */
  const issued = async (messages: readonly Outgoing[]): Promise<readonly Outgoing[] | string> => {
    try {
      const store = transport.isForeign ? undefined : await claims?.();
      if (!store) return messages;
      return await Promise.all(messages.map(async (message) => {
        // What is dead is kept byte for byte.
        if (message.queue === SUMP) return message;
        return {
          ...message,
          body: await issueClaim(message.body, { claims: store, above: aboveBytes, now: Date.now() }),
        };
      }));
    } catch (error) {
      return `a payload could not be kept: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const areSmall = (messages: readonly Outgoing[]) => messages.every(({ body }) => body.length <= aboveBytes);
  const unknown = (messages: readonly Outgoing[], detail: string): Outcome[] =>
    messages.map(() => ({ kind: "unknown", detail }));

  const claiming = (delivery: Delivery): Delivery => ({
    ...delivery,
    async settle(messages) {
      if (areSmall(messages)) return await delivery.settle(messages);
      const travelling = await issued(messages);
      if (typeof travelling !== "string") return await delivery.settle(travelling);
      return { outcomes: unknown(messages, travelling), acked: false, leaseLost: false };
    },
  });

  /** The same, of a delivery that takes room in memory until it is ended. */
  const roomy = (delivery: Delivery): Delivery => {
    let bytes = delivery.body.length;
    inHandBytes += bytes;
    const end = () => {
      inHandBytes -= bytes;
      bytes = 0;
      roomMade.resolve();
      roomMade = Promise.withResolvers();
    };
    const inner = claiming(delivery);
    return {
      ...inner,
      async settle(messages) {
        const settlement = await inner.settle(messages);
        if (settlement.acked || settlement.leaseLost) end();
        return settlement;
      },
      async release(given) {
        await inner.release(given);
        end();
      },
    };
  };

  /** The delivery with its payload; nothing when it went elsewhere, or back to its queue. */
  const redeemed = async (delivery: Delivery): Promise<Delivery | undefined> => {
    try {
      const store = await claims?.();
      if (!store) throw new NoClaimStoreError();
      while (inHandBytes >= MOST_IN_HAND_BYTES) await roomMade.promise;
      return roomy({ ...delivery, body: await redeemClaim(delivery.body, store) });
    } catch (error) {
      const dead = error instanceof ClaimMissingError
        ? refused(error, { queue: delivery.queue, body: delivery.body })
        : undefined;
      const message = error instanceof Error ? error.message : String(error);
      if (message !== told) logger.error("an envelope cannot be given its payload", { error });
      told = message;
      if (!dead || !(await delivery.settle([dead])).acked) await delivery.release({ delayMs: RETRY_MS });
      return undefined;
    }
  };

  const consume = (queue: string, given: { readonly inFlight: number }): Consumer => {
    const consumer = transport.consume(queue, given);
    return {
      stop: () => consumer.stop(),
      async *[Symbol.asyncIterator]() {
        for await (const delivery of consumer) {
          // x-sump keeps what is dead byte for byte.
          const whole = queue === SUMP || !holdsClaim(delivery.body);
          const next = whole ? claiming(delivery) : await redeemed(delivery);
          if (next) yield next;
        }
      },
    };
  };

  return {
    name: transport.name,
    maxBodyBytes: transport.maxBodyBytes,
    ...(transport.isForeign === undefined ? {} : { isForeign: transport.isForeign }),
    declare: (queues) => transport.declare(queues),
    queues: () => transport.queues(),
    async publish(messages) {
      if (areSmall(messages)) return await transport.publish(messages);
      const travelling = await issued(messages);
      return typeof travelling === "string"
        ? unknown(messages, travelling)
        : await transport.publish(travelling);
    },
    consume,
    depths: () => transport.depths(),
    depth: (queue) => transport.depth(queue),
    broadcast: (topic, bytes) => transport.broadcast(topic, bytes),
    subscribe: (topic, listener) => transport.subscribe(topic, listener),
    health: () => transport.health(),
    close: () => transport.close(),
  };
}
