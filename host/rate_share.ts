/**
 * How many replicas of an actor there are, as far as they hear of one another: each has its part of the actor's rate.
 *
 * Best effort, like the broadcasts: for a few seconds after a replica has come or gone, the parts may be too large or too
 * small together.
 *
 * @module
 */

import type { Transport } from "./transport/transport.ts";

/** Where replicas tell that they are there: `actor/id` each. */
const TOPIC = "rates";
/** Pause between two signs of life, and after how long without one a replica is gone, in milliseconds. */
const SIGN_MS = { every: 2_000, gone: 6_500 };

/** This replica's part of a rate. */
export interface RateShare {
  /** More than 0 and at most 1. */
  share(): number;
  /** Tells nobody any more. */
  stop(): void;
}

/** Begins to tell the others of an actor's replicas, and to hear of them. */
export function shareRate(transport: Transport, actor: string): RateShare {
  const self = `${actor}/${crypto.randomUUID()}`;
  const others = new Map<string, number>();
  const tell = () => transport.broadcast(TOPIC, new TextEncoder().encode(self));
  const unsubscribe = transport.subscribe(TOPIC, (bytes) => {
    const name = bytes.length > 200 ? "" : new TextDecoder().decode(bytes);
    if (name === self || !name.startsWith(`${actor}/`)) return;
    // One that has just come is to know of this one before it takes a second's worth.
    if (!others.has(name)) tell();
    others.set(name, performance.now());
  });
  tell();
  const timer = setInterval(tell, SIGN_MS.every);
  return {
    share() {
      const oldest = performance.now() - SIGN_MS.gone;
      for (const [name, at] of others) if (at < oldest) others.delete(name);
      return 1 / (1 + others.size);
    },
    stop() {
      unsubscribe();
      clearInterval(timer);
    },
  };
}
