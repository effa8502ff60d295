/**
 * The form in which an envelope, or what was none, goes to `x-sump`: its bytes as they were in their queue, and beside
 * them why it is dead.
 *
 * @module
 */

import { decodeBase64, encodeBase64 } from "@std/encoding/base64";
import { z } from "zod";
import type { Failure } from "../hop.ts";

/** Why something is dead, and what it is. */
export interface DeadLetter {
  /** Stable code, such as `troupe.RouteMismatch`. */
  readonly reason: string;
  /** What was wrong, in a sentence. */
  readonly message: string;
  /** The queue in which it died. */
  readonly queue: string;
  /** The actor whose host gave it up. */
  readonly actor: string;
  readonly at: Date;
  /** The hop's failure, where that is the reason. */
  readonly error?: Failure;
  /** SHA-256 of the component of the actor whose host gave it up, in hex. @default not known, or it has none */
  readonly component?: string;
  /** The span of the hop that gave it up, as W3C Trace Context writes it. @default that one was not traced */
  readonly traceparent?: string;
  /** The bytes. */
  readonly body: Uint8Array;
}

/** Distinguishes this form from envelopes: a member that none has. */
const MARK = "x-troupe-dead-letter";

/** Strict: an envelope that has these members beside its own is an envelope. */
const Wrapped = z.strictObject({
  [MARK]: z.literal(1),
  reason: z.string(),
  message: z.string(),
  queue: z.string(),
  actor: z.string(),
  at: z.iso.datetime(),
  error: z.object({
    type: z.string(),
    mro: z.array(z.string()),
    message: z.string(),
    traceback: z.string().optional(),
    details: z.string().optional(),
  }).optional(),
  component: z.string().optional(),
  traceparent: z.string().optional(),
  body: z.base64(),
});

/**
 * The bytes of a dead letter.
 *
 * @example
 * ```ts
 * import { unwrapDead, wrapDead } from "@troupe/host/crew/dead_letter";
 * import { assertEquals } from "@std/assert";
 *
 * const body = Uint8Array.of(0, 255, 10);
 * const letter = { reason: "troupe.MalformedEnvelope", message: "…", queue: "a", actor: "a", at: new Date(0), body };
 * assertEquals(unwrapDead(wrapDead(letter))?.body, body);
 * ```
 */
export function wrapDead({ at, body, ...letter }: DeadLetter): Uint8Array<ArrayBuffer> {
  const wrapped = { [MARK]: 1, ...letter, at: at.toISOString(), body: encodeBase64(body) };
  return new TextEncoder().encode(JSON.stringify(wrapped));
}

/** Reads a dead letter; undefined when the bytes are something else, which someone has put there himself. */
export function unwrapDead(bytes: Uint8Array): DeadLetter | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const wrapped = Wrapped.safeParse(value);
  if (!wrapped.success) return undefined;
  const { reason, message, queue, actor, at, error, component, traceparent, body } = wrapped.data;
  return {
    reason,
    message,
    queue,
    actor,
    at: new Date(at),
    ...(error ? { error: error as Failure } : {}),
    ...(component === undefined ? {} : { component }),
    ...(traceparent === undefined ? {} : { traceparent }),
    body: decodeBase64(body),
  };
}
