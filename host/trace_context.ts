/**
 * The trace that an envelope belongs to, as W3C Trace Context writes it down: `traceparent` and `tracestate` among the
 * headers. What is not valid counts as not there, so that a trace begins anew instead of a hop's failing.
 *
 * @module
 */

import type { Headers, Json } from "./envelope.ts";

/** The header that says which span an envelope came of. */
export const TRACEPARENT = "traceparent";
/** The header in which tracing systems keep notes of their own. */
export const TRACESTATE = "tracestate";

/** A span, as those that came of it know it. */
export interface TraceContext {
  /** 32 digits of lower-case hex, not all of them 0. */
  readonly traceId: string;
  /** 16 digits of lower-case hex, not all of them 0. */
  readonly spanId: string;
  /** Whether whoever began the trace records it. */
  readonly sampled: boolean;
  /** The text of `tracestate`. @default none */
  readonly state?: string;
}

/** Later versions may add to the end, after a hyphen; what stands before means the same in all of them. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** One member of `tracestate`: a key, perhaps `tenant@system`, and a printable value. */
const MEMBER =
  /^([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MOST_MEMBERS = 32;
/** Every system carries as much; what is longer loses its last members. */
const MOST_STATE_CHARACTERS = 512;

/**
 * The context in an envelope's headers; undefined where there is none that is valid.
 *
 * @example
 * ```ts
 * import { readTraceContext } from "@troupe/host/trace_context";
 * import { assertEquals } from "@std/assert";
 *
 * const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
 * assertEquals(readTraceContext({ traceparent }), {
 *   traceId: "0af7651916cd43dd8448eb211c80319c",
 *   spanId: "b7ad6b7169203331",
 *   sampled: true,
 * });
 * assertEquals(readTraceContext({ traceparent: "none" }), undefined);
 * ```
 */
export function readTraceContext(headers: Headers | undefined): TraceContext | undefined {
  const parent = headers?.[TRACEPARENT];
  const [, version, traceId = "", spanId = "", flags = "", more] =
    (typeof parent === "string" && FORM.exec(parent)) || [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const state = readState(headers?.[TRACESTATE]);
  const sampled = (parseInt(flags, 16) & SAMPLED) !== 0;
  return { traceId, spanId, sampled, ...(state === "" ? {} : { state }) };
}

/** Valid members of a `tracestate`, as many as are carried; empty when it is not valid, for then nothing of it counts. */
function readState(value: Json | undefined): string {
  if (typeof value !== "string") return "";
  const members = value.split(",").map((member) => member.replaceAll(/^[ \t]+|[ \t]+$/g, "")).filter(Boolean);
  const keys = new Set(members.map((member) => MEMBER.exec(member)?.[1]));
  if (keys.has(undefined) || keys.size < members.length || members.length > MOST_MEMBERS) return "";
  while (members.join(",").length > MOST_STATE_CHARACTERS) members.pop();
  return members.join(",");
}

/** The text of `traceparent`. */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-0${sampled ? SAMPLED : 0}`;
}

/** The headers with another context in them. */
export function withTraceContext(headers: Headers | undefined, context: TraceContext): Headers {
  const changed: { [name: string]: Json } = Object.assign(Object.create(null), headers);
  changed[TRACEPARENT] = traceparentOf(context);
  if (context.state) changed[TRACESTATE] = context.state;
  else delete changed[TRACESTATE];
  return changed;
}

/** The context of a trace that begins here: new ids, and recorded by whoever records. */
export function newTraceContext(): TraceContext {
  return { traceId: randomHex(16), spanId: randomHex(8), sampled: true };
}

function randomHex(bytes: number): string {
  for (;;) {
    const random = crypto.getRandomValues(new Uint8Array(bytes));
    if (random.some((byte) => byte !== 0)) return random.toHex();
  }
}
