/**
 * The message that travels: read from bytes and written back, so that the payload and what is not known keep their exact
 * text.
 *
 * @module
 */

import { isActorName } from "./actor_name.ts";
import { TroupeError } from "./errors.ts";
import { JsonTextError, MAX_DEPTH, type Member, scanJson, scanMembers } from "./json_text.ts";
import { parseJson } from "./json_value.ts";
import { MAX_NEXT, MAX_PREV } from "./route.ts";
import { z } from "zod";

/** A JSON value; objects that come from an envelope have no prototype. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const actorName = z.string().refine(isActorName, { error: "not the name of an actor (a DNS label)" });

/** Ids are kept as text in databases: two that differ must not become one there. */
const identity = z.string().refine((id) => id.isWellFormed() && !id.includes("\0"), {
  error: "it has half a surrogate pair or a NUL character in it",
});

/** `prev`: actors done, oldest first. `curr`: whose queue it is in; `""` when the route is over. `next`: what remains. */
export const Route = z.strictObject({
  prev: z.array(actorName).readonly(),
  curr: z.union([z.literal(""), actorName]),
  next: z.array(actorName).readonly(),
}).readonly();
/** The way of an envelope. */
export type Route = z.infer<typeof Route>;

/** Why an envelope failed. */
export const EnvelopeError = z.looseObject({
  /** Such as `ValueError` or `troupe.Timeout`. */
  type: z.string(),
  /** Base types, nearest first. */
  mro: z.array(z.string()).readonly().optional(),
  message: z.string(),
  traceback: z.string().optional(),
  /** What remained of the route before the envelope was given to others because its attempts were used up. */
  route: z.array(z.string()).readonly().optional(),
});
/** Why an envelope failed. */
export type EnvelopeError = z.infer<typeof EnvelopeError>;

/** What the mesh knows of an envelope's progress. Times are RFC 3339, UTC. Members not listed here are kept. */
export const Status = z.looseObject({
  /** pending, processing, retrying, succeeded, failed, paused or canceled. */
  phase: z.string().optional(),
  reason: z.string().optional(),
  actor: z.string().optional(),
  attempt: z.number().int().min(0).optional(),
  max_attempts: z.number().int().min(0).optional(),
  /** When the first attempt at the present actor began; there from the second on. */
  first_attempt_at: z.string().optional(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
  deadline_at: z.string().optional(),
  error: EnvelopeError.optional(),
});
/** What the mesh knows of an envelope's progress. */
export type Status = z.infer<typeof Status>;

/** Metadata that travels along: an object without a prototype, so that no key means anything to JavaScript. */
export type Headers = Readonly<Record<string, Json>>;

/** A message of the mesh. */
export interface Envelope {
  /** Identity; at least one character, none of them NUL or half a surrogate pair. */
  readonly id: string;
  /** The envelope that this one was fanned out from. */
  readonly parentId?: string;
  readonly route: Route;
  readonly headers?: Headers;
  readonly status?: Status;
  /** Exact source text of one JSON value. */
  readonly payload: string;
  /** Unknown top-level members, as they stand in the text. */
  readonly extra: readonly Member[];
}

/** Bounds of what is read. */
export interface EnvelopeLimits {
  /** @default 1 MiB */
  readonly maxBytes: number;
  /** Actors done. @default 256 */
  readonly maxPrev: number;
  /** Actors that remain. @default 256 */
  readonly maxNext: number;
}

/** The bounds that hold where none are given. */
export const ENVELOPE_LIMITS: EnvelopeLimits = {
  maxBytes: 1024 * 1024,
  maxPrev: MAX_PREV,
  maxNext: MAX_NEXT,
};

/** Bytes that are no envelope. */
export class MalformedEnvelopeError extends TroupeError {
  /** The part that is wrong, such as `route.next`; empty for the whole. */
  readonly part: string;

  constructor(part: string, problem: string, options?: ErrorOptions) {
    super(
      "troupe.MalformedEnvelope",
      "user",
      `Not an envelope: ${part ? `${part}: ` : ""}${problem}`,
      options,
    );
    this.part = part;
  }
}

/** An envelope that is over a limit: bytes (`troupe.TooLarge`), hops (`troupe.TooManyHops`), `next` (`troupe.RouteTooLong`). */
export class EnvelopeLimitError extends TroupeError {
  constructor(
    code: "troupe.TooLarge" | "troupe.TooManyHops" | "troupe.RouteTooLong",
    what: string,
    limit: number,
  ) {
    super(code, "user", `${what}; the limit is ${limit}`);
  }
}

const KNOWN = ["id", "parent_id", "route", "headers", "status", "payload"] as const;
type Known = typeof KNOWN[number];

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

/**
 * Reads an envelope.
 *
 * A missing payload is `null`. The payload may be nested to any depth; everything else to 512.
 *
 * @param body UTF-8 JSON.
 * @param limits Bounds, where others than {@linkcode ENVELOPE_LIMITS} hold.
 * @throws {MalformedEnvelopeError} when it is none, naming the part.
 * @throws {EnvelopeLimitError} when it is over a limit.
 *
 * @example
 * ```ts
 * import { encodeEnvelope, parseEnvelope } from "@troupe/host/envelope";
 * import { assertEquals } from "@std/assert";
 *
 * const text = '{"id":"1","route":{"prev":[],"curr":"a","next":[]},"payload":{"n": 9007199254740993}}';
 * const envelope = parseEnvelope(new TextEncoder().encode(text));
 * assertEquals(envelope.payload, '{"n": 9007199254740993}');
 * assertEquals(new TextDecoder().decode(encodeEnvelope(envelope)), text);
 * ```
 */
export function parseEnvelope(body: Uint8Array, limits: Partial<EnvelopeLimits> = {}): Envelope {
  const { maxBytes, maxPrev, maxNext } = { ...ENVELOPE_LIMITS, ...limits };
  if (body.length > maxBytes) {
    throw new EnvelopeLimitError("troupe.TooLarge", `The envelope has ${body.length} bytes`, maxBytes);
  }
  const { known, extra } = members(body);
  const route = check("route", Route, known.get("route"));
  if (!route) throw new MalformedEnvelopeError("route", "it is missing");
  if (route.prev.length > maxPrev) {
    throw new EnvelopeLimitError(
      "troupe.TooManyHops",
      `The envelope has made ${route.prev.length} hops`,
      maxPrev,
    );
  }
  if (route.next.length > maxNext) {
    throw new EnvelopeLimitError(
      "troupe.RouteTooLong",
      `route.next has ${route.next.length} actors`,
      maxNext,
    );
  }
  const id = check("id", identity.min(1), known.get("id"));
  if (id === undefined) throw new MalformedEnvelopeError("id", "it is missing");
  const parentId = check("parent_id", identity, known.get("parent_id"));
  const headers = headersOf(known.get("headers"));
  const status = check("status", Status, known.get("status"));
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    route,
    ...(headers === undefined ? {} : { headers }),
    ...(status === undefined ? {} : { status }),
    payload: known.get("payload") ?? "null",
    extra,
  };
}

/** Of what the mesh has let in already: its limits were checked on the way. */
export const NO_ENVELOPE_LIMITS: EnvelopeLimits = {
  maxBytes: Infinity,
  maxPrev: Infinity,
  maxNext: Infinity,
};

/** The envelope that bytes are, of whatever size; undefined when they are none. */
export function envelopeIn(body: Uint8Array): Envelope | undefined {
  try {
    return parseEnvelope(body, NO_ENVELOPE_LIMITS);
  } catch (error) {
    if (error instanceof TroupeError) return undefined;
    throw error;
  }
}

/** The members of a body: source texts of those that have a meaning, and the others as they are. */
function members(body: Uint8Array): { known: Map<Known, string>; extra: Member[] } {
  let found: Member[];
  try {
    found = scanMembers(UTF8.decode(body));
  } catch (error) {
    const problem = error instanceof JsonTextError ? error.message : "it is not UTF-8";
    throw new MalformedEnvelopeError("", problem, { cause: error });
  }
  const known = new Map<Known, string>();
  const extra: Member[] = [];
  for (const member of found) {
    const name = KNOWN.find((name) => name === member.key);
    if (!name) extra.push(member);
    // Were the last one to count, as with JSON.parse, another reader could be shown another envelope.
    else if (known.has(name)) throw new MalformedEnvelopeError(name, "it is there twice");
    else known.set(name, member.valueText);
  }
  return { known, extra };
}

function check<T>(part: Known, schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  const value = valueOf(part, text);
  // Absent and null are the same to the systems that share the format, where the member is optional.
  if (value === null && part !== "id" && part !== "route") return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = [part, ...(issue?.path ?? [])].join(".");
  throw new MalformedEnvelopeError(where, issue?.message ?? "it is not valid", { cause: result.error });
}

function headersOf(text: string | undefined): Headers | undefined {
  if (text === undefined) return undefined;
  const value = valueOf("headers", text);
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new MalformedEnvelopeError("headers", "not an object");
  }
  return Object.freeze(value);
}

function valueOf(part: Known, text: string): Json {
  try {
    scanJson(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    throw new MalformedEnvelopeError(part, `it is nested more than ${MAX_DEPTH} deep`, { cause: error });
  }
  return parseJson(text);
}

/** The bytes of an envelope. Members stand in the order id, parent_id, route, headers, status, unknown ones, payload. */
export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  const { id, parentId, route, headers, status, payload, extra } = envelope;
  let text = `{"id":${JSON.stringify(id)}`;
  if (parentId !== undefined) text += `,"parent_id":${JSON.stringify(parentId)}`;
  text += `,"route":${JSON.stringify({ prev: route.prev, curr: route.curr, next: route.next })}`;
  if (headers !== undefined) text += `,"headers":${JSON.stringify(headers)}`;
  if (status !== undefined) text += `,"status":${JSON.stringify(status)}`;
  for (const { keyText, valueText } of extra) text += `,${keyText}:${valueText}`;
  return ENCODER.encode(`${text},"payload":${payload}}`);
}
