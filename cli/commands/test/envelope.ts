/**
 * The envelope that an actor is tried with.
 *
 * @module
 */

import { MAX_CLAIMED_ENVELOPE_BYTES } from "@troupe/host/crew/claim_check";
import { type Envelope, parseEnvelope } from "@troupe/host/envelope";
import { scanJson, scanMembers } from "@troupe/host/json_text";
import { UsageError } from "../usage_error.ts";

/** Id of an envelope that names none: the same each time, as what is made of it should be. */
export const TEST_ID = "test";

/** What a command line says of the envelope. */
export interface EnvelopeParts {
  /** The text of a whole envelope. @default an empty one */
  readonly envelope?: string;
  /** JSON text of the payload, instead of what the envelope has. @default null */
  readonly payload?: string;
  /** Headers, in addition to those of the envelope. */
  readonly headers: NonNullable<Envelope["headers"]>;
  /** What comes after the actor, instead of what the envelope has. @default nothing */
  readonly next?: readonly string[];
}

/**
 * Puts an envelope together.
 *
 * @param actor Name of the actor that it goes to.
 * @throws {UsageError} when it goes to another one.
 * @throws {MalformedEnvelopeError | EnvelopeLimitError | JsonTextError} when a part is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { id, route, payload } = composeEnvelope({ payload: '{"n":1}', next: ["store"], headers: {} }, "judge");
 * assertEquals([id, route.curr, route.next, payload], ["test", "judge", ["store"], '{"n":1}']);
 * ```
 */
export function composeEnvelope(parts: EnvelopeParts, actor: string): Envelope {
  const envelope = completeEnvelope(parts.envelope ?? '{"payload":null}', actor);
  if (parts.payload !== undefined) scanJson(parts.payload, { maxDepth: Infinity });
  const headers = { ...envelope.headers, ...parts.headers };
  return {
    ...envelope,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(parts.payload === undefined ? {} : { payload: parts.payload.trim() }),
    ...(parts.next === undefined ? {} : { route: { ...envelope.route, next: parts.next } }),
  };
}

/**
 * Reads an envelope that somebody wrote by hand: an id and the parts of a route that it does not have are put in.
 *
 * @throws {UsageError} when it is a payload alone, or goes to another actor.
 * @throws {MalformedEnvelopeError | EnvelopeLimitError} when it is none.
 */
export function completeEnvelope(text: string, actor: string): Envelope {
  const members = scanMembers(text);
  const has = (key: string) => members.some((member) => member.key === key);
  if (!has("payload") && !has("route")) {
    throw new UsageError(
      "The envelope has neither payload nor route. A payload alone goes with --payload; an envelope is " +
        '{"payload": …, "route": {"next": […]}, "headers": {…}}, of which all but the payload may be left out',
    );
  }
  const parts = members.map(({ key, keyText, valueText }) =>
    `${keyText}:${key === "route" ? routeText(valueText, actor) : valueText}`
  );
  if (!has("id")) parts.unshift(`"id":${JSON.stringify(TEST_ID)}`);
  if (!has("route")) parts.push(`"route":${routeText("{}", actor)}`);
  const body = new TextEncoder().encode(`{${parts.join(",")}}`);
  const envelope = parseEnvelope(body, { maxBytes: MAX_CLAIMED_ENVELOPE_BYTES });
  const { curr } = envelope.route;
  if (curr !== actor) {
    throw new UsageError(
      `The envelope goes to ${JSON.stringify(curr)} (route.curr), and this actor is ${actor}: leave curr out`,
    );
  }
  return envelope;
}

/** What is no object is left as it is: reading it says what is wrong with it. */
function routeText(text: string, actor: string): string {
  const route: unknown = JSON.parse(text);
  if (typeof route !== "object" || route === null || Array.isArray(route)) return text;
  return JSON.stringify({ prev: [], curr: actor, next: [], ...route });
}
