/**
 * When a fan-out is over, and what it is joined to. Pure.
 *
 * @module
 */

import { JOIN, SINK } from "../actor_name.ts";
import { advanceOne, failed } from "../advance.ts";
import { encodeEnvelope, type Envelope, NO_ENVELOPE_LIMITS, parseEnvelope } from "../envelope.ts";
import { type FanFrame, framesOf, popFrame } from "../fan.ts";
import { type EndedSlice, joinedFans, withJoined } from "./join_header.ts";
import {
  EVERY_SLICE,
  type HeldSlice,
  type JoinOutput,
  type JoinRules,
  type JoinWork,
  type RunCount,
} from "./joining.ts";
import { onward } from "./onward.ts";
import { readSliceEnd, type SliceEnd, writeSliceEnd } from "./slice_end.ts";

/** Missing slices that a message names. */
const MOST_LISTED = 20;

const NOTHING: JoinOutput = { id: "", to: "", body: new Uint8Array() };

/** The rules of a join that is over at a moment. */
export function joinRules(now: Date): JoinRules {
  return { decide, build: (work) => build(work, now) };
}

/**
 * Which execution of a fan-out is over: the first with all of its slices, or with as many as are enough; when time is over,
 * the one of which most has come.
 *
 * @param runs In the order in which they began.
 */
export function decide(
  runs: readonly RunCount[],
  { quorum, due }: { readonly quorum?: number; readonly due: boolean },
): ReturnType<JoinRules["decide"]> {
  for (const { run, n, arrived, ended } of runs) {
    if (arrived + ended >= n) return { run, cause: "all" };
    if (quorum !== undefined && arrived >= Math.min(quorum, n)) return { run, cause: "quorum" };
  }
  const [most] = due ? runs.toSorted((a, b) => b.arrived - a.arrived) : [];
  return most && { run: most.run, cause: "timeout" };
}

/** What is sent on of an execution that is over. */
function build(work: JoinWork, now: Date): JoinOutput {
  const arrived = work.slices.filter(({ kind }) => kind === "slice");
  const [first] = arrived;
  if (!first) return emptyJoin(work);
  const base = parseEnvelope(first.body, NO_ENVELOPE_LIMITS);
  const envelope = joinedEnvelope(work, base);
  const wanted = Math.min(work.quorum ?? 1, work.n);
  const context = { actor: JOIN, now };
  if (arrived.length < wanted) {
    const there = new Set(arrived.map(({ i }) => i));
    const missing = Array.from({ length: work.n }, (_, i) => i).filter((i) => !there.has(i));
    const why = work.quorum === EVERY_SLICE
      ? "and nothing more for so long that nothing can be under way (header join: a timeout bounds that)"
      : `and ${wanted} were wanted (header join, quorum)`;
    const message =
      `${arrived.length} of ${work.n} slices came, ${why}. Missing: ${
        listed(missing)
      }; x-troupe-join says which ` +
      `of them ended elsewhere. Replayed, it goes on with those that came`;
    const body = encodeEnvelope(failed(envelope, { type: "troupe.JoinFailed", mro: [], message }, context));
    return { id: envelope.id, to: SINK, body };
  }
  const { route, headers = {}, payload } = envelope;
  const { queue, body } = onward(advanceOne(envelope, { route, headers, payload }, context), {
    actor: JOIN,
    at: now,
  });
  return { id: envelope.id, to: queue, body };
}

/** Numbers for a sentence, not too many of them. */
function listed(numbers: readonly number[]): string {
  const rest = numbers.length - MOST_LISTED;
  return numbers.slice(0, MOST_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** The envelope that was fanned out, with an array of what its slices have become; still at the join. */
function joinedEnvelope({ n, cause, slices }: JoinWork, base: Envelope): Envelope {
  const payloads: string[] = Array.from({ length: n }, () => "null");
  const missing = new Set(payloads.keys());
  const ended: EndedSlice[] = [];
  for (const slice of slices) {
    if (slice.kind === "end") ended.push(endedSlice(slice));
    else {
      payloads[slice.i] = parseEnvelope(slice.body, NO_ENVELOPE_LIMITS).payload;
      missing.delete(slice.i);
    }
  }
  const frame = framesOf(base.headers).at(-1) as FanFrame;
  const { g } = frame;
  const { id, parentId } = originOf(frame, base);
  const before = joinedFans(base.headers).filter((fan) => fan !== g);
  const { parentId: _parent, ...rest } = base;
  return {
    ...rest,
    id,
    ...(parentId === undefined ? {} : { parentId }),
    headers: withJoined(popFrame(base.headers), { g, n, cause, missing: [...missing], ended, before }),
    payload: `[${payloads.join(",")}]`,
  };
}

function endedSlice({ i, id, body }: HeldSlice): EndedSlice {
  const end = readSliceEnd(body);
  return { i, id, phase: end?.phase ?? "", reason: end?.reason ?? "" };
}

/**
 * What names a fan-out at a join: itself, and the executions of the fan-outs around it. Each of these has slices of its own,
 * and is to be whole by itself: were a slice taken of one and its neighbour of another, neither would ever be.
 *
 * @param frames Of a slice, outermost first.
 */
export function fanKey(frames: readonly FanFrame[]): string {
  const outer = frames.slice(0, -1).map(({ run }) => run);
  return [frames.at(-1)?.g ?? "", ...outer].join(" ");
}

/** What was fanned out. A frame of an older host does not say so; the first slice has its id, the others have it as parent. */
export function originOf(
  frame: FanFrame,
  slice: Pick<Envelope, "id" | "parentId">,
): { readonly id: string; readonly parentId?: string | undefined } {
  if (frame.id !== undefined) return { id: frame.id, parentId: frame.parent_id };
  return frame.i === 0 ? slice : { id: slice.parentId ?? slice.id };
}

/**
 * Where no slice came, nothing is sent on: each has its own end, and they are all that comes of what was fanned out. If that
 * was a slice itself, the join that waits for it is told.
 */
function emptyJoin({ slices }: JoinWork): JoinOutput {
  const ends = slices.flatMap(({ body }) => readSliceEnd(body) ?? []);
  const [first] = ends;
  const inner = first?.frames.at(-1);
  const outer = first?.frames.at(-2);
  if (!first || !inner || !outer?.join) return NOTHING;
  const worst = ends.find(({ phase }) => phase !== "succeeded") ?? first;
  const end: SliceEnd = {
    id: originOf(inner, first).id,
    root: first.root,
    frames: first.frames.slice(0, -1),
    phase: worst.phase,
    reason: worst.reason,
  };
  return { id: end.id, to: JOIN, body: writeSliceEnd(end) };
}
