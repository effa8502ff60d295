/**
 * What rows of a store's tables say. The columns have the same names and the same meaning in every database; how a row is
 * found is each one's own.
 *
 * @module
 */

import type { HopRecord } from "../hop_record.ts";
import type { ArrivalVerdict, HeldSlice, JoinCause, JoinGroup, RunCount, SliceMark } from "./joining.ts";
import type { Letter, Replay } from "./letters.ts";
import type { EndKind, Parked, ParkedBody } from "./parked.ts";
import type { DeadRecord, Page, StoredResult } from "./store.ts";

/** A row of any table, by column. */
export type StoreRow = Readonly<Record<string, unknown>>;

/** Page of a listing, where none is asked for. */
export const PAGE = 1000;

/** A page of a listing, of rows that were asked for with one more than its limit. */
export function pageOf<R extends StoreRow, T>(
  rows: readonly R[],
  { limit, read }: { readonly limit: number; readonly read: (row: R) => T },
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(read),
    ...(rows.length > limit && last ? { next: Number(last.seq) } : {}),
  };
}

/** A result, from `result`. */
export function resultOf(row: StoreRow): StoredResult {
  return {
    id: String(row.id),
    ...(row.parent_id === null ? {} : { parentId: String(row.parent_id) }),
    root: String(row.root),
    phase: String(row.phase),
    reason: String(row.reason),
    actor: String(row.actor),
    route: String(row.route),
    headers: String(row.headers),
    status: String(row.status),
    payload: String(row.payload),
    error: String(row.error),
    ...(row.extra === "" ? {} : { extra: String(row.extra) }),
    replay: Number(row.replay),
    arrivedAt: Number(row.arrived_at),
    repeats: Number(row.repeats),
    conflicts: Number(row.conflicts),
  };
}

/** Something dead, from `dead`. */
export function deadOf(row: StoreRow): DeadRecord {
  return {
    key: String(row.key),
    id: String(row.id),
    root: String(row.root),
    queue: String(row.queue),
    actor: String(row.actor),
    reason: String(row.reason),
    message: String(row.message),
    error: String(row.error),
    ...(row.component === "" ? {} : { component: String(row.component) }),
    body: row.body as Uint8Array,
    diedAt: Number(row.died_at),
  };
}

/** A dead letter, from `letter`. */
export function letterOf(row: StoreRow): Letter {
  const error = String(row.error);
  return {
    key: String(row.key),
    kind: row.kind === "failed" ? "failed" : "dead",
    id: String(row.id),
    root: String(row.root),
    queue: String(row.queue),
    actor: String(row.actor),
    type: String(row.type),
    message: row.kind === "failed" ? messageIn(error) : String(row.message),
    error,
    component: String(row.component),
    replay: Number(row.replay),
    at: Number(row.at),
    state: row.state as Letter["state"],
    stateAt: Number(row.state_at),
    dropReason: String(row.drop_reason),
    // SQLite has no truth but 1.
    purged: Boolean(row.purged),
  };
}

function messageIn(error: string): string {
  const message: unknown = error === "" ? "" : JSON.parse(error)?.message;
  return typeof message === "string" ? message : "";
}

/** A replay, from `replay`. */
export function replayOf(row: StoreRow): Replay {
  return {
    key: String(row.key),
    id: String(row.id),
    n: Number(row.n),
    as: String(row.as_id),
    how: String(row.how),
    at: Number(row.at),
    ...(row.sent_at === null ? {} : { sentAt: Number(row.sent_at) }),
  };
}

/** What waits, or has waited, from `parked`. */
export function parkedOf(row: StoreRow): Parked {
  return {
    key: String(row.key),
    id: String(row.id),
    root: String(row.root),
    actor: String(row.actor),
    question: String(row.question),
    at: Number(row.parked_at),
    ...(row.due_at === null ? {} : { dueAt: Number(row.due_at) }),
    ...(row.ended === "" ? {} : {
      ending: {
        kind: row.ended as EndKind,
        answer: String(row.answer),
        reason: String(row.reason),
        token: String(row.token),
        at: Number(row.ended_at),
      },
    }),
    repeats: Number(row.repeats),
  };
}

/** What waits under one key, of one execution, from `parked_body`. */
export function parkedBodyOf({ run, body }: StoreRow): ParkedBody {
  return { run: String(run), body: body as Uint8Array };
}

/** A fan-out, from `fan_in`. */
export function joinGroupOf(row: StoreRow): JoinGroup {
  return {
    g: String(row.g),
    origin: String(row.origin),
    root: String(row.root),
    beganAt: Number(row.began_at),
    ...(row.quorum === null ? {} : { quorum: Number(row.quorum) }),
    ...(row.due_at === null ? {} : { dueAt: Number(row.due_at) }),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at), cause: row.cause as JoinCause }),
    joined: Number(row.joined),
    missing: JSON.parse(String(row.missing)) as number[],
    late: Number(row.late),
    doubles: Number(row.doubles),
  };
}

/** What a fan-out was joined to, from `fan_in`; nothing once that is known to be sent. */
export function unsentOf(row: StoreRow): ArrivalVerdict | undefined {
  if (row.sent_at !== null) return undefined;
  const output = {
    id: String(row.output_id),
    to: String(row.output_to),
    body: row.output as Uint8Array,
  };
  return { verdict: "joined", output };
}

/** How much of an execution has come: a sum over `fan_slice`. */
export function runCountOf(row: StoreRow): RunCount {
  return {
    run: String(row.run),
    n: Number(row.n),
    arrived: Number(row.arrived),
    ended: Number(row.ended),
  };
}

/** Which slice is there, from `fan_slice`. */
export function sliceMarkOf(row: StoreRow): SliceMark {
  const kind = row.kind === "slice" ? "slice" : "end";
  return { run: String(row.run), i: Number(row.i), n: Number(row.n), kind, at: Number(row.at) };
}

/** A slice, from `fan_slice`. */
export function heldSliceOf(row: StoreRow): HeldSlice {
  return {
    i: Number(row.i),
    kind: row.kind === "slice" ? "slice" : "end",
    id: String(row.id),
    body: row.body as Uint8Array,
  };
}

/** Hops out of the texts of their records, in their order. One that several have recorded is there once. */
export function readHops(records: readonly unknown[]): HopRecord[] {
  return [...new Set(records.map(String))].map((text) => JSON.parse(text) as HopRecord);
}
