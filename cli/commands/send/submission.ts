/**
 * From what a sender wrote to the envelope that is sent.
 *
 * @module
 */

import { isActorName, isCrewStep, isReservedName, RESUME } from "@troupe/host/actor_name";
import { MAX_CLAIMED_ENVELOPE_BYTES } from "@troupe/host/crew/claim_check";
import { encodeEnvelope, type Envelope, type Headers, type Json, parseEnvelope } from "@troupe/host/envelope";
import { scanJson } from "@troupe/host/json_text";
import { parseJson } from "@troupe/host/json_value";
import { MAX_NEXT } from "@troupe/host/route";
import { readTraceContext, type TraceContext, withTraceContext } from "@troupe/host/trace_context";
import { durationOf } from "../duration.ts";
import { UsageError } from "../usage_error.ts";

/** Headers of the platform: whatever a sender puts there is taken out. */
const STRIPPED_HEADER = /^x-troupe-/i;

/** What is larger than a queue takes goes into the store. */
const LIMITS = { maxBytes: MAX_CLAIMED_ENVELOPE_BYTES };

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** How an envelope is made. */
export interface Making {
  /** Begins the trace of an envelope that has no valid one. @default what it has of a trace stays as it is */
  readonly beginTrace?: () => TraceContext;
}

/** What all envelopes of one command have in common. */
export interface SubmissionDefaults extends Making {
  /** Actors to go through, at least one. */
  readonly route: readonly string[];
  readonly headers: Headers;
  /** RFC 3339, or undefined for none. */
  readonly deadline: string | undefined;
}

/** An envelope that is ready to be sent. */
export interface Submission {
  readonly id: string;
  /** The actor that it goes to first. */
  readonly to: string;
  readonly body: Uint8Array;
  /** The trace that begins with it; undefined where it goes on with another one. */
  readonly trace?: TraceContext;
}

/**
 * Checks a route as a person writes it.
 *
 * @throws {UsageError} when a name is none or is reserved, or there are too many.
 */
export function checkRoute(route: readonly string[]): void {
  for (const name of route) {
    if (!isActorName(name)) {
      throw new UsageError(
        `${JSON.stringify(name)} cannot be an actor's name: ` +
          `lower-case letters, digits and hyphens, up to 63, with commas between the names`,
      );
    }
    if (isReservedName(name) && !isCrewStep(name)) {
      throw new UsageError(
        `${name} is a part of the mesh itself: leave it out, every route ends in x-sink anyway`,
      );
    }
  }
  if (route.length > MAX_NEXT) {
    throw new UsageError(`The route has ${route.length} actors: the limit is ${MAX_NEXT}`);
  }
}

/**
 * Headers from `name=value` texts; a value is a string, unless it is the text of a JSON object or array.
 *
 * @throws {UsageError} for one without a name, and for a reserved one.
 */
export function parseHeaders(texts: readonly string[]): Headers {
  const headers: Record<string, Json> = Object.create(null);
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(at, 0));
    if (name === "") throw new UsageError(`--header ${JSON.stringify(text)}: write name=value`);
    if (STRIPPED_HEADER.test(name)) {
      throw new UsageError(`--header ${name}: headers under x-troupe- are the mesh's own`);
    }
    headers[name] = headerValue(text.slice(at + 1));
  }
  return headers;
}

function headerValue(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    scanJson(text);
    return parseJson(text);
  } catch {
    // It only looks like JSON: a string like any other.
    return text;
  }
}

/**
 * The envelope for one payload.
 *
 * @param payload Its JSON text, which travels to the letter.
 * @throws {JsonTextError} when it is not JSON.
 */
export function submissionOf(payload: string, id: string, defaults: SubmissionDefaults): Submission {
  scanJson(payload);
  const [curr = "", ...next] = defaults.route;
  return seal({
    id,
    route: { prev: [], curr, next },
    ...(Object.keys(defaults.headers).length > 0 ? { headers: defaults.headers } : {}),
    ...(defaults.deadline === undefined ? {} : { status: { deadline_at: defaults.deadline } }),
    payload: payload.trim(),
    extra: [],
  }, defaults);
}

/**
 * A whole envelope that a sender wrote, as it is, but for what only the mesh may write: headers under `x-troupe-`, and
 * the status without its deadline.
 *
 * @param making See {@linkcode Making}.
 * @throws {MalformedEnvelopeError} when it is none.
 * @throws {EnvelopeLimitError} when it is over a limit.
 * @throws {UsageError} when it is addressed to the crew.
 */
export function submissionOfEnvelope(text: string, making: Making = {}): Submission {
  const { status, headers, ...envelope } = parseEnvelope(new TextEncoder().encode(text), LIMITS);
  const { curr, next } = envelope.route;
  if (curr === "") {
    throw new UsageError("route.curr is empty: put the actor there that is to have the envelope first");
  }
  const reserved = isReservedName(curr) && !isCrewStep(curr) ? curr : next.find((name) => name === RESUME);
  if (reserved) throw new UsageError(`${reserved} is a part of the mesh itself: nothing can be sent to it`);
  const kept = headers &&
    Object.fromEntries(Object.entries(headers).filter(([name]) => !STRIPPED_HEADER.test(name)));
  return seal({
    ...envelope,
    ...(kept ? { headers: kept } : {}),
    ...(status?.deadline_at === undefined ? {} : { status: { deadline_at: status.deadline_at } }),
  }, making);
}

function seal(untraced: Envelope, { beginTrace }: Making): Submission {
  const trace = readTraceContext(untraced.headers) ? undefined : beginTrace?.();
  const envelope = trace ? { ...untraced, headers: withTraceContext(untraced.headers, trace) } : untraced;
  const body = encodeEnvelope(envelope);
  // The host reads it again as strictly, so what it would refuse is refused here, where the sender sees it.
  parseEnvelope(body, LIMITS);
  return { id: envelope.id, to: envelope.route.curr, body, ...(trace ? { trace } : {}) };
}

/**
 * A deadline from what a person wrote: a time from now such as `30s`, or an RFC 3339 time.
 *
 * @returns RFC 3339, UTC.
 * @throws {UsageError} when it is neither.
 */
export function parseDeadline(text: string, now: Date): string {
  const duration = durationOf(text);
  const at = duration === undefined && RFC3339.test(text)
    ? Date.parse(text)
    : now.getTime() + (duration ?? NaN);
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) {
    throw new UsageError(
      `--deadline ${
        JSON.stringify(text)
      }: write a time from now such as 30s, 5m or 2h, or an RFC 3339 time such as ` +
        `2030-01-31T12:00:00Z`,
    );
  }
  return date.toISOString();
}
