/**
 * What the headers say of joins: what is asked of one, by senders and actors, and what one has done, by the mesh.
 *
 * @module
 */

import { z } from "zod";
import type { Headers, Json } from "../envelope.ts";
import { BadHeaderError, timeSpan } from "./waiting_header.ts";

/** The header that says how long and for how many a join waits. */
export const JOIN_HEADER = "join";
/** The header that says what was joined. Actors can read it only. */
export const JOINED_HEADER = "x-troupe-join";

const Settings = z.strictObject({
  timeout: timeSpan.optional(),
  quorum: z.int("has to be a whole number from 1").min(1, "has to be a whole number from 1").optional(),
});

/** How long and for how many a join waits. */
export interface JoinSettings {
  /** From the first slice on, in milliseconds. @default for ever */
  readonly timeoutMs?: number;
  /** @default for all */
  readonly quorum?: number;
}

/** A slice that ended elsewhere. */
export interface EndedSlice {
  readonly i: number;
  readonly id: string;
  readonly phase: string;
  /** Such as the type of its error. */
  readonly reason: string;
}

/** What a join has done. */
export interface JoinedHeader {
  /** The fan-out. */
  readonly g: string;
  readonly n: number;
  readonly cause: string;
  /** Slices that are not in the payload: `null` stands for them. */
  readonly missing: readonly number[];
  /** Those of them that ended elsewhere. */
  readonly ended: readonly EndedSlice[];
  /** Fan-outs that were joined before. */
  readonly before: readonly string[];
}

/**
 * What is asked of a join: the header `join`, such as `{"timeout":"30s","quorum":2}`.
 *
 * @throws {BadHeaderError} when it is something else.
 */
export function joinSettings(headers: Headers | undefined): JoinSettings {
  const header = headers?.[JOIN_HEADER];
  if (header === undefined || header === null) return {};
  const read = Settings.safeParse(header);
  if (!read.success) throw BadHeaderError.of(JOIN_HEADER, read.error, '{"timeout":"30s","quorum":2}');
  const { timeout, quorum } = read.data;
  return {
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(quorum === undefined ? {} : { quorum }),
  };
}

/** Fan-outs that an envelope, or what it is a part of, was joined from. */
export function joinedFans(headers: Headers | undefined): string[] {
  const header = headers?.[JOINED_HEADER];
  if (typeof header !== "object" || header === null || Array.isArray(header)) return [];
  const { g, before } = header;
  return [...(Array.isArray(before) ? before : []), g].filter((fan) => typeof fan === "string");
}

/** The headers with what a join has done. */
export function withJoined(headers: Headers, joined: JoinedHeader): Headers {
  const changed: { [key: string]: Json } = Object.assign(Object.create(null), headers);
  changed[JOINED_HEADER] = joined as unknown as Json;
  return changed;
}
