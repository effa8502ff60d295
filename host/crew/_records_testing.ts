// Records, as tests of stores write them.

import type { HopRecord } from "../hop_record.ts";
import type { DeadRecord, ResultRecord } from "./store.ts";

/** A result that succeeded. */
export function result(id: string, more: Partial<ResultRecord> = {}): ResultRecord {
  return {
    id,
    root: id,
    phase: "succeeded",
    reason: "",
    actor: "a",
    route: '{"prev":["a"],"curr":"","next":[]}',
    headers: "{}",
    status: '{"phase":"succeeded"}',
    payload: "1",
    error: "",
    replay: 0,
    arrivedAt: 1,
    ...more,
  };
}

/** A result that failed. */
export const failure = (id: string, type: string, more: Partial<ResultRecord> = {}) =>
  result(id, { phase: "failed", error: JSON.stringify({ type, message: "m" }), ...more });

/** Something dead. */
export function dead(key: string, more: Partial<DeadRecord> = {}): DeadRecord {
  return {
    key,
    id: "d",
    root: "d",
    queue: "a",
    actor: "a",
    reason: "troupe.TooLarge",
    message: "m",
    error: "",
    body: Uint8Array.of(0, 255, 13, 10),
    diedAt: 1,
    ...more,
  };
}

/** A hop. */
export function hop(id: string, more: Partial<HopRecord> = {}): HopRecord {
  return {
    id,
    root: id,
    actor: "a",
    hop: 0,
    attempt: 1,
    startedAt: 1,
    finishedAt: 2,
    verdict: "forwarded",
    children: [],
    host: "h:1",
    ...more,
  };
}
