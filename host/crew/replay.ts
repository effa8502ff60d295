/**
 * From what died to the envelope that is sent again. Pure.
 *
 * As it was, it keeps its id and carries the number of the replay, which lets its result replace the one that failed.
 * With another payload, route or step it is a new envelope, whose parent is the old one (envelope.md, "Lineage and
 * results").
 *
 * @module
 */

import { MAX_CLAIMED_ENVELOPE_BYTES, withoutClaim } from "./claim_check.ts";
import { encodeHex } from "@std/encoding/hex";
import {
  encodeEnvelope,
  type Envelope,
  type Headers,
  type Json,
  parseEnvelope,
  type Status,
} from "../envelope.ts";
import { TroupeError } from "../errors.ts";
import { ROOT_HEADER, rootOf } from "../fan.ts";
import { scanJson } from "../json_text.ts";
import type { Replay } from "./letters.ts";
import { REPLAY_HEADER } from "./records.ts";

/** What to change; as it was where nothing is named. */
export interface ReplayEdit {
  /** A JSON text. */
  readonly payload?: string;
  /** Everything that is before it, the first step included. */
  readonly route?: readonly string[];
  /** A step of its route to begin with instead of the one that failed. Not together with `route`. */
  readonly to?: string;
  /** Another deadline, RFC 3339; `none` for no deadline. That alone makes no new envelope. */
  readonly deadline?: string;
}

/** A replay that can be done. */
export interface ReplayPlan {
  /** The envelope as it is sent, but for its id, parent and number. */
  readonly envelope: Envelope;
  /** See `Replay.how`. */
  readonly how: string;
  /** Whether it is sent as it was. */
  readonly keepsId: boolean;
  /** The actor that it goes to. */
  readonly to: string;
}

/** Something dead cannot be sent again in this way. */
export class NotReplayableError extends TroupeError {
  constructor(problem: string, options?: ErrorOptions) {
    super("troupe.NotReplayable", "user", problem, options);
  }
}

/**
 * What a replay would be.
 *
 * @param body What died.
 * @param options `edit`: what to change; `now`: for its deadline.
 * @throws {NotReplayableError} when it cannot be sent again in this way, with what can be done.
 * @throws {JsonTextError} when the new payload is not JSON.
 * @throws {EnvelopeLimitError} when it would be over a limit.
 *
 * @example
 * ```ts
 * import { planReplay } from "@troupe/host/crew/replay";
 * import { assertEquals } from "@std/assert";
 *
 * const body = new TextEncoder().encode('{"id":"1","route":{"prev":["a"],"curr":"b","next":["c"]},"payload":1}');
 * const now = new Date();
 * assertEquals((await planReplay(body, { edit: {}, now })).keepsId, true);
 * const plan = await planReplay(body, { edit: { to: "c" }, now });
 * assertEquals([plan.keepsId, plan.envelope.route], [false, { prev: ["a"], curr: "c", next: [] }]);
 * ```
 */
export async function planReplay(
  body: Uint8Array,
  { edit, now }: { readonly edit: ReplayEdit; readonly now: Date },
): Promise<ReplayPlan> {
  const dead = readDead(body);
  // What died under way may have its payload in the store. Another one is not to be taken for that.
  const old = edit.payload === undefined ? dead : withoutClaim(dead);
  const before = [old.route.curr, ...old.route.next];
  const ahead = edit.route ?? (edit.to === undefined ? before : stepsFrom(edit.to, old));
  const [curr = "", ...next] = ahead;
  if (curr === "") {
    throw new NotReplayableError("Its route is over: say with --route which actors it is to go through");
  }
  if (edit.payload !== undefined) scanJson(edit.payload);
  const payload = edit.payload?.trim() ?? old.payload;
  const changes = {
    ...(payload === old.payload ? {} : { payload_sha256: await sha256(payload) }),
    ...(JSON.stringify(ahead) === JSON.stringify(before) ? {} : { route: ahead }),
  };
  const envelope = {
    ...old,
    route: { prev: old.route.prev, curr, next },
    status: statusAgain(old.status, { curr, deadline: edit.deadline, now }),
    payload,
  };
  const plan = {
    envelope,
    how: JSON.stringify(changes),
    keepsId: Object.keys(changes).length === 0,
    to: curr,
  };
  // What nobody would take is refused before it gets a number: with the longest that it could have.
  replayBody(plan, {
    key: "",
    id: old.id,
    n: Number.MAX_SAFE_INTEGER,
    as: crypto.randomUUID(),
    how: "",
    at: 0,
  });
  return plan;
}

/**
 * The bytes of a replay that has its number. The same replay always has the same ones, but for a deadline that was given.
 *
 * @throws {EnvelopeLimitError} when it is over a limit: nobody would take it.
 */
export function replayBody({ envelope, keepsId }: ReplayPlan, replay: Replay): Uint8Array<ArrayBuffer> {
  const headers: { [name: string]: Json } = Object.assign(Object.create(null), envelope.headers);
  if (keepsId) headers[REPLAY_HEADER] = replay.n;
  else {
    // A new envelope has not been replayed yet; what it belongs to stays the same.
    delete headers[REPLAY_HEADER];
    headers[ROOT_HEADER] = rootOf(envelope);
  }
  const body = encodeEnvelope({
    ...envelope,
    ...(keepsId ? {} : { id: replay.as, parentId: envelope.id }),
    headers: headers as Headers,
    status: { ...envelope.status, updated_at: new Date(replay.at).toISOString() },
  });
  parseEnvelope(body, { maxBytes: MAX_CLAIMED_ENVELOPE_BYTES });
  return body;
}

function readDead(body: Uint8Array): Envelope {
  try {
    return parseEnvelope(body, { maxBytes: MAX_CLAIMED_ENVELOPE_BYTES });
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    const advice = error.code === "troupe.MalformedEnvelope"
      ? `its bytes are kept: "troupe dlq show KEY --body" prints them, and "troupe send" sends what you make of them`
      : `it would end in the same way. "troupe dlq show KEY --body" prints it, and "troupe send" sends what you make of it`;
    throw new NotReplayableError(`${error.message}; ${advice}`, { cause: error });
  }
}

/** The steps from one on: those that are skipped, or done once more. */
function stepsFrom(to: string, { route: { prev, curr, next } }: Envelope): string[] {
  const ahead = [curr, ...next];
  if (ahead.includes(to)) return ahead.slice(ahead.indexOf(to));
  if (prev.includes(to)) {
    return [...prev.slice(prev.lastIndexOf(to)), ...ahead].filter((name) => name !== "");
  }
  const known = [...prev, ...ahead].filter((name) => name !== "").join(", ");
  throw new NotReplayableError(
    `${to} is no step of its route (${known}): say with --route which actors it is to go through`,
  );
}

/** The status of an envelope that is before its step for the first time. When it was made and has to be done stays. */
function statusAgain(
  status: Status | undefined,
  { curr, deadline, now }: { curr: string; deadline: string | undefined; now: Date },
): Status {
  const {
    reason: _reason,
    error: _error,
    max_attempts: _max,
    first_attempt_at: _first,
    deadline_at,
    ...kept
  } = status ?? {};
  const due = deadline ?? deadline_at;
  if (due !== undefined && due !== "none" && Date.parse(due) <= now.getTime()) {
    throw new NotReplayableError(
      `Its deadline ${due} has passed, so no actor would take it: give it another with --deadline, such as 10m or none`,
    );
  }
  return {
    ...kept,
    phase: "pending",
    actor: curr,
    attempt: 1,
    ...(due === undefined || due === "none" ? {} : { deadline_at: due }),
  };
}

async function sha256(text: string): Promise<string> {
  return encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
