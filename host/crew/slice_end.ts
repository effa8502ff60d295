/**
 * The message that tells `x-join` of a slice which ended elsewhere, so that nobody waits for it.
 *
 * @module
 */

import { z } from "zod";
import { JOIN } from "../actor_name.ts";
import type { Headers, Route } from "../envelope.ts";
import { type FanFrame, framesOf, rootOf } from "../fan.ts";

/** Distinguishes this message from an envelope: a member that none has. */
const MARK = "x-troupe-slice-end";
/** Slices of one fan-out: more than any limit lets an actor emit. */
export const MOST_SLICES = 100_000;
/** Of a reason, in characters. */
const MOST_REASON = 200;

const Frame = z.object({
  g: z.string(),
  run: z.string(),
  i: z.int().min(0),
  n: z.int().min(1).max(MOST_SLICES),
  id: z.string().optional(),
  parent_id: z.string().optional(),
  join: z.literal(true).optional(),
});

const Message = z.strictObject({
  [MARK]: z.literal(1),
  id: z.string(),
  root: z.string(),
  frames: z.array(Frame).min(1),
  phase: z.string(),
  reason: z.string(),
});

/** The end of a slice. */
export interface SliceEnd {
  /** The slice's own id. */
  readonly id: string;
  readonly root: string;
  /** Its frames, the innermost of which is the fan-out that it is a slice of. */
  readonly frames: readonly FanFrame[];
  /** How it ended, such as `failed`; `dead` in `x-sump`. */
  readonly phase: string;
  readonly reason: string;
}

/** An envelope that has come to its end. */
export interface Ended {
  readonly id: string;
  readonly headers?: Headers | undefined;
  /** The route as it was then. */
  readonly route: Pick<Route, "curr" | "next">;
  readonly phase: string;
  readonly reason: string;
}

/** What a join has to be told of an envelope that has ended; undefined where none waits for it. */
export function sliceEndOf({ id, headers, route, phase, reason }: Ended): SliceEnd | undefined {
  const frames = framesOf(headers);
  const frame = frames.at(-1);
  // An actor may have taken the join out of the route, or put it in after the fan-out.
  const isAwaited = frame?.join || route.next.includes(JOIN) || (phase === "dead" && route.curr === JOIN);
  if (!frame || !isAwaited) return undefined;
  const root = rootOf({ id, ...(headers ? { headers } : {}) });
  return { id, root, frames, phase, reason: reason.slice(0, MOST_REASON).toWellFormed() };
}

/** The bytes of the message. */
export function writeSliceEnd(end: SliceEnd): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ [MARK]: 1, ...end }));
}

/** Reads such a message; undefined when the bytes are something else. */
export function readSliceEnd(body: Uint8Array): SliceEnd | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  const read = Message.safeParse(value);
  if (!read.success) return undefined;
  const { [MARK]: _mark, ...end } = read.data;
  return end as SliceEnd;
}
