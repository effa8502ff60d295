/**
 * Fan-out is counted: each part of an envelope that was fanned out carries, in the reserved header `x-troupe-fan`, which
 * slice of how many it is. So a tree can be known to be complete without asking anyone.
 *
 * @module
 */

import type { Envelope, Headers, Json } from "./envelope.ts";
import { deriveId } from "./lineage.ts";

/** The header that holds the frames, outermost first. */
export const FAN_HEADER = "x-troupe-fan";
/** The header that holds the id of the envelope that was submitted. */
export const ROOT_HEADER = "x-troupe-root";

/**
 * The header with which an actor says (`true`) that what it emits are parts, even if there is only one: so that what is
 * joined is an array, and nested joins find their own fan-out, however many parts there are. It holds for that hop alone.
 */
export const PARTS_HEADER = "parts";

/** Whether headers say that what has them is a part. */
export function areParts(headers: Headers): boolean {
  return headers[PARTS_HEADER] === true;
}

/** The headers without that. */
export function withoutParts(headers: Headers): Headers {
  if (!areParts(headers)) return headers;
  const { [PARTS_HEADER]: _parts, ...rest } = headers;
  return Object.assign(Object.create(null), rest);
}

/** One fan-out that an envelope has come through. */
export interface FanFrame {
  /** The fan-out: UUIDv5 of `[id, actor, hop]`. */
  readonly g: string;
  /** The execution: another one of the same hop may have made other slices. */
  readonly run: string;
  /** Which slice. */
  readonly i: number;
  /** Of how many. */
  readonly n: number;
  /** The id of the envelope that was fanned out, and its `parent_id`: what a join goes on as. */
  readonly id?: string;
  readonly parent_id?: string;
  /** There when any of the slices had an `x-join` before it: a slice that ends elsewhere has to tell that one. */
  readonly join?: true;
}

/** The id of a fan-out. */
export function fanGroup(
  id: string,
  { actor, hop }: { readonly actor: string; readonly hop: number },
): Promise<string> {
  return deriveId([id, actor, hop]);
}

/** The frames of an envelope, outermost first. What is not a frame (a sender's invention) is passed over. */
export function framesOf(headers: Headers | undefined): FanFrame[] {
  const stack = headers?.[FAN_HEADER];
  return Array.isArray(stack) ? stack.filter(isFrame) as unknown as FanFrame[] : [];
}

function isFrame(value: Json): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { g, run, i, n } = value;
  return typeof g === "string" && typeof run === "string" && Number.isInteger(i) && Number.isInteger(n) &&
    (i as number) >= 0 && (i as number) < (n as number);
}

/** The headers of one slice: the frame on top of those that are there, and the root. */
export function pushFrame(headers: Headers, frame: FanFrame, root: string): Headers {
  const pushed: { [key: string]: Json } = Object.assign(Object.create(null), headers);
  pushed[FAN_HEADER] = [...framesOf(headers), frame] as unknown as Json[];
  pushed[ROOT_HEADER] = root;
  return pushed;
}

/** The headers of what a fan-out was joined to: without its frame, which is the innermost one. */
export function popFrame(headers: Headers | undefined): Headers {
  const popped: { [key: string]: Json } = Object.assign(Object.create(null), headers);
  const frames = framesOf(headers).slice(0, -1);
  if (frames.length > 0) popped[FAN_HEADER] = frames as unknown as Json[];
  else delete popped[FAN_HEADER];
  return popped;
}

/** The id of the envelope that was submitted, of which this one is a part. */
export function rootOf({ id, headers }: Pick<Envelope, "id" | "headers">): string {
  const root = headers?.[ROOT_HEADER];
  return typeof root === "string" && root !== "" ? root : id;
}

/** Where a part of a tree ended: in a result, or dead. */
export interface Leaf {
  readonly id: string;
  readonly headers?: Headers;
}

/**
 * Whether the ends that are known are all that a submitted envelope will come to.
 *
 * A part without frames is the whole. A fan-out is complete when there is an end, or a complete fan-out of its own, in each
 * of its n slices; a tree is complete when its outermost fan-out is.
 */
export function isTreeComplete(leaves: readonly Leaf[]): boolean {
  return isComplete(leaves.map(({ headers }) => framesOf(headers)), 0);
}

function isComplete(stacks: readonly (readonly FanFrame[])[], depth: number): boolean {
  const slices = new Map<string, { n: number; bySlice: Map<number, (readonly FanFrame[])[]> }>();
  for (const stack of stacks) {
    const frame = stack[depth];
    if (!frame) return true;
    // Not by the execution: a slice has the same id in each, and of one id one end is kept, whichever came first.
    const key = `${frame.g} ${frame.n}`;
    const execution = slices.get(key) ?? { n: frame.n, bySlice: new Map() };
    slices.set(key, execution);
    const slice = execution.bySlice.get(frame.i) ?? [];
    execution.bySlice.set(frame.i, [...slice, stack]);
  }
  return [...slices.values()].some(({ n, bySlice }) =>
    bySlice.size === n && [...bySlice.values()].every((slice) => isComplete(slice, depth + 1))
  );
}
