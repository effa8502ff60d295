/**
 * The claim check: an envelope whose payload is too large travels without it, and carries in a reserved header what the
 * payload is to be fetched by. Nobody but the two ends of a queue sees such an envelope.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { encodeHex } from "@std/encoding/hex";
import { z } from "zod";
import { encodeEnvelope, type Envelope, envelopeIn, type Headers } from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import type { ClaimStore } from "./claims.ts";

/** The reserved header: `{"sha256": hex, "bytes": number, "at": when it was put, in milliseconds since the epoch}`. */
export const CLAIM_HEADER = "x-troupe-claim";
/** Bodies up to this many bytes travel as they are. */
export const CLAIM_ABOVE_BYTES = 256 * 1024;
/**
 * The largest envelope, its payload in it, where payloads are kept beside the queues: 8 MiB. As a dead letter, which is
 * larger by a third and has its payload in it, it still fits into a queue.
 */
export const MAX_CLAIMED_ENVELOPE_BYTES = 8 * 1024 * 1024;
/** The latest moment that there is a date for, in milliseconds since the epoch. */
const MAX_DATE_MS = 8_640_000_000_000_000;

const Claim = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  // Claims of before this was said are in stores that do not ask for it.
  at: z.int().min(0).max(MAX_DATE_MS).default(0),
});

/** The payload of an envelope is not kept any more, or was never. */
export class ClaimMissingError extends TroupeError {
  constructor(id: string, sha256: string) {
    super(
      "troupe.ClaimMissing",
      "system",
      `The payload of ${id} (SHA-256 ${sha256}) is not in the store: it is kept for as long as ids are, and every ` +
        `process of a mesh has to be given the same store, and the same bucket`,
    );
  }
}

/**
 * A body as it travels.
 *
 * @param above Bodies up to this many bytes travel as they are; so do bytes that are no envelope, and larger ones than
 * anybody takes.
 */
export async function issueClaim(
  body: Uint8Array,
  { claims, above, now }: { readonly claims: ClaimStore; readonly above: number; readonly now: number },
): Promise<Uint8Array> {
  if (body.length <= above || body.length > MAX_CLAIMED_ENVELOPE_BYTES) return body;
  const envelope = envelopeIn(body);
  if (!envelope) return body;
  const payload = new TextEncoder().encode(envelope.payload);
  // It is the rest that is large: that travels, or is refused for its size.
  if (payload.length <= above / 2) return body;
  const sha256 = await claims.put(payload, { now });
  const headers: Headers = Object.assign(Object.create(null), envelope.headers, {
    [CLAIM_HEADER]: { sha256, bytes: payload.length, at: now },
  });
  return encodeEnvelope({ ...envelope, headers, payload: "null" });
}

/** Whether a body may be an envelope without its payload. Cheap, and sometimes wrongly yes. */
export function mayHoldClaim(body: Uint8Array): boolean {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(`"${CLAIM_HEADER}"`);
}

/**
 * A body as it was before it travelled: the same envelope, its payload to the letter. One that has its payload is given
 * as it is.
 *
 * @param claims Undefined where there is no store.
 * @throws {ClaimMissingError} when its payload cannot be had, now or ever. Errors of the store are another thing.
 */
export async function redeemClaim(body: Uint8Array, claims: ClaimStore): Promise<Uint8Array> {
  const envelope = envelopeIn(body);
  const header = envelope?.headers?.[CLAIM_HEADER];
  if (!envelope || header === undefined) return body;
  const claim = Claim.safeParse(header).data;
  const bytes = claim && await claims.get(claim.sha256, { at: claim.at });
  if (!claim || !bytes || await sha256Of(bytes) !== claim.sha256) {
    throw new ClaimMissingError(envelope.id, claim?.sha256 ?? "none");
  }
  const payload = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return encodeEnvelope({ ...withoutClaim(envelope), payload });
}

/** An envelope without what its payload would be fetched by. */
export function withoutClaim(envelope: Envelope): Envelope {
  if (envelope.headers?.[CLAIM_HEADER] === undefined) return envelope;
  const { headers: all, ...others } = envelope;
  const { [CLAIM_HEADER]: _claim, ...rest } = all as Headers;
  if (Object.keys(rest).length === 0) return others;
  const headers: Headers = Object.assign(Object.create(null), rest);
  return { ...others, headers };
}

/** Whether a body is an envelope without its payload. */
export function holdsClaim(body: Uint8Array): boolean {
  return mayHoldClaim(body) && envelopeIn(body)?.headers?.[CLAIM_HEADER] !== undefined;
}

/** SHA-256 in hex. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
}
