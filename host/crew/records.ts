/**
 * From the bytes that come to the crew to what the store keeps.
 *
 * @module
 */

import { encodeHex } from "@std/encoding/hex";
import {
  encodeEnvelope,
  type Envelope,
  envelopeIn,
  type Headers,
  NO_ENVELOPE_LIMITS,
  parseEnvelope,
} from "../envelope.ts";
import { FAN_HEADER, framesOf, rootOf } from "../fan.ts";
import { parseJson } from "../json_value.ts";
import { type DeadLetter, unwrapDead } from "./dead_letter.ts";
import { JOINED_HEADER, joinedFans } from "./join_header.ts";
import type { GivenUp } from "../transport/transport.ts";
import type { DeadRecord, ResultRecord } from "./store.ts";

/** The header that says which replay an envelope is. */
export const REPLAY_HEADER = "x-troupe-replay";
/** The result that an envelope at `x-sink` is. @throws {MalformedEnvelopeError} when the bytes are no envelope. */
export function resultRecord(body: Uint8Array, now: number): ResultRecord {
  const envelope = parseEnvelope(body, NO_ENVELOPE_LIMITS);
  const { id, parentId, route, headers, status, payload, extra } = envelope;
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    root: rootOf(envelope),
    phase: status?.phase ?? "succeeded",
    reason: status?.reason ?? "",
    actor: status?.actor ?? "",
    route: JSON.stringify(route),
    headers: JSON.stringify(headers ?? {}),
    status: JSON.stringify(status ?? {}),
    payload,
    error: status?.error ? JSON.stringify(status.error) : "",
    ...(extra.length === 0
      ? {}
      : { extra: extra.map(({ keyText, valueText }) => `${keyText}:${valueText}`).join(",") }),
    replay: replayOf(envelope),
    arrivedAt: now,
  };
}

/**
 * Whether a result takes the place of the one that is kept under its id: a replay answers for a failure, and what was
 * joined for the slice that had the same id and ended elsewhere. What has succeeded otherwise stays.
 */
export function supersedes(
  record: Pick<ResultRecord, "headers" | "replay">,
  kept: Pick<ResultRecord, "headers" | "replay" | "phase">,
): boolean {
  if (isSliceOf(kept, record)) return true;
  return record.replay > kept.replay && kept.phase === "failed";
}

/** Whether a result is the end of a slice of a fan-out from which another one was joined. */
export function isSliceOf(
  slice: Pick<ResultRecord, "headers">,
  whole: Pick<ResultRecord, "headers">,
): boolean {
  if (!whole.headers.includes(JOINED_HEADER) || !slice.headers.includes(FAN_HEADER)) return false;
  const joined = joinedFans(parseJson(whole.headers) as Headers);
  return framesOf(parseJson(slice.headers) as Headers).some(({ g }) => joined.includes(g));
}

/**
 * What is dead, from a message at `x-sump`: a dead letter, something that the broker gave up, or something that someone
 * has put there himself.
 */
export async function deadRecord(
  body: Uint8Array,
  message: { readonly id: string; readonly at: number; readonly givenUp?: GivenUp | undefined },
): Promise<DeadRecord> {
  const { givenUp, at } = message;
  const letter = unwrapDead(body) ??
    (givenUp ? brokersLetter(body, { givenUp, at }) : foreignLetter(body, at));
  const envelope = envelopeIn(letter.body);
  const key = envelope
    ? `${envelope.id}/${envelope.route.prev.length}/${replayOf(envelope)}`
    : `${letter.queue}/${
      encodeHex(await crypto.subtle.digest("SHA-256", letter.body as BufferSource))
    }/${message.id}`;
  return {
    key,
    id: envelope?.id ?? "",
    root: envelope ? rootOf(envelope) : "",
    queue: letter.queue,
    actor: letter.actor,
    reason: letter.reason,
    message: letter.message,
    error: letter.error ? JSON.stringify(letter.error) : "",
    ...(letter.component === undefined ? {} : { component: letter.component }),
    body: letter.body,
    diedAt: letter.at.getTime(),
  };
}

/** The envelope that is dead; undefined when the bytes are none. */
export function deadEnvelope(record: DeadRecord): Envelope | undefined {
  return envelopeIn(record.body);
}

/** The headers of an envelope that is dead; undefined when it is none, or has none. */
export function deadHeaders(record: DeadRecord): Envelope["headers"] {
  return envelopeIn(record.body)?.headers;
}

/** The parts of a result that the envelope had. */
export type EnvelopeParts = Pick<
  ResultRecord,
  "id" | "parentId" | "route" | "headers" | "status" | "payload" | "extra"
>;

/** The envelope that a result was, its parts to the letter. */
export function resultBody(record: EnvelopeParts): Uint8Array<ArrayBuffer> {
  const { id, parentId, route, headers, status, payload, extra } = record;
  const members = [
    `"id":${JSON.stringify(id)}`,
    parentId === undefined ? "" : `"parent_id":${JSON.stringify(parentId)}`,
    `"route":${route}`,
    headers === "{}" ? "" : `"headers":${headers}`,
    status === "{}" ? "" : `"status":${status}`,
    extra ?? "",
    `"payload":${payload}`,
  ];
  return new TextEncoder().encode(`{${members.filter(Boolean).join(",")}}`);
}

/**
 * A dead body without what its sender put into it: id, route, headers and status stay, so that the tree that it belongs
 * to can still be told complete. Nothing is left of bytes that are no envelope.
 */
export function withoutPayload(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const envelope = envelopeIn(body);
  return envelope ? encodeEnvelope({ ...envelope, payload: "null", extra: [] }) : new Uint8Array();
}

function brokersLetter(body: Uint8Array, { givenUp, at }: { givenUp: GivenUp; at: number }): DeadLetter {
  const { queue, reason } = givenUp;
  return {
    reason: "troupe.BrokerDeadLettered",
    message: `the broker itself gave it up: ${reason}`,
    queue,
    actor: envelopeIn(body)?.status?.actor ?? "",
    at: new Date(at),
    body,
  };
}

function foreignLetter(body: Uint8Array, at: number): DeadLetter {
  const envelope = envelopeIn(body);
  const error = envelope?.status?.error;
  return {
    reason: error?.type ?? (envelope ? "troupe.SentToSump" : "troupe.MalformedEnvelope"),
    message: error?.message ?? "it was put into the queue of x-sump by someone else than a host",
    queue: "x-sump",
    actor: envelope?.status?.actor ?? "",
    at: new Date(at),
    body,
  };
}

/** The number of the replay that an envelope is; 0 for the first run. */
export function replayOf({ headers }: Pick<Envelope, "headers">): number {
  const replay = headers?.[REPLAY_HEADER];
  return typeof replay === "number" && Number.isSafeInteger(replay) && replay > 0 ? replay : 0;
}
