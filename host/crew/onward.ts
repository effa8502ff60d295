/**
 * What a member of the crew sends on to the next actor of a route.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { SUMP } from "../actor_name.ts";
import { destination } from "../advance.ts";
import { encodeEnvelope, type Envelope, envelopeIn } from "../envelope.ts";
import { EnvelopeTooLargeError, NoSuchActorError } from "../refusals.ts";
import type { Outcome, Outgoing } from "../transport/transport.ts";
import { MAX_CLAIMED_ENVELOPE_BYTES } from "./claim_check.ts";
import { refused } from "./refused.ts";

/** How long a message is held whose queue does not exist, in milliseconds, where nothing else is said. */
const NO_QUEUE_MS = 30_000;
/** How long after that a message is remembered which does not come again, in milliseconds. */
const FORGET_MS = 60_000;
/** The largest envelope that may be sent on, its payload in it, in bytes: the crew always has a store. */
export const MAX_ENVELOPE_BYTES = MAX_CLAIMED_ENVELOPE_BYTES;

/** The message that takes an envelope to where its route says; to `x-sump` where it is too large to be taken there. */
export function onward(
  envelope: Envelope,
  { actor, at }: { readonly actor: string; readonly at: Date },
): Outgoing {
  const body = encodeEnvelope(envelope);
  const queue = destination(envelope);
  if (body.length <= MAX_ENVELOPE_BYTES) return { queue, body };
  return refused(new EnvelopeTooLargeError(body.length, MAX_ENVELOPE_BYTES), { queue, actor, body, at });
}

/** Of what cannot be delivered: holds it for a while, as hosts do, and then readdresses it to `x-sump`. */
export class Patience {
  readonly #actor: string;
  readonly #noQueueMs: number;
  /** When a message was refused first, by its queue and name: it is built anew each time. */
  readonly #since = new Map<string, number>();

  /** @param options `noQueueMs`: how long, in milliseconds. @default 30000 */
  constructor(actor: string, { noQueueMs = NO_QUEUE_MS }: { readonly noQueueMs?: number | undefined } = {}) {
    this.#actor = actor;
    this.#noQueueMs = noQueueMs;
  }

  /** What is sent in place of a message that was not published; nothing while it is to be tried again. */
  instead({ queue, body }: Outgoing, outcome: Outcome): Outgoing | undefined {
    if (outcome.kind !== "refused" || queue === SUMP) return undefined;
    if (outcome.reason === "too-large") {
      return refused(new EnvelopeTooLargeError(body.length, MAX_ENVELOPE_BYTES), {
        queue,
        actor: this.#actor,
        body,
      });
    }
    if (outcome.reason !== "no-queue") return undefined;
    const now = performance.now();
    const key = `${queue} ${nameOf(body)}`;
    const since = this.#since.get(key) ?? now;
    // What was delivered in the end, or is tried by another process, is not asked about again.
    for (const [other, at] of this.#since) {
      if (now - at > this.#noQueueMs + FORGET_MS) this.#since.delete(other);
    }
    if (now - since < this.#noQueueMs) {
      this.#since.set(key, since);
      return undefined;
    }
    this.#since.delete(key);
    return refused(new NoSuchActorError(queue), { queue, actor: this.#actor, body });
  }
}

/** What names a message however often it is built: an envelope's id and hop. */
function nameOf(body: Uint8Array): string {
  const envelope = envelopeIn(body);
  if (envelope) return `${envelope.route.prev.length} ${envelope.id}`;
  // It is no envelope; such messages have no time in them.
  return createHash("sha256").update(body).digest("hex");
}
