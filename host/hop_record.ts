/**
 * The record of one hop: what `trace` and `top` are made of. Broadcast by hosts, best effort; losing one never affects
 * an envelope.
 *
 * @module
 */

import type { Envelope } from "./envelope.ts";
import { rootOf } from "./fan.ts";
import { attemptOf } from "./resiliency.ts";

/** The topic on which hop records are broadcast: a JSON text each. */
export const HOP_TOPIC = "hops";

/** The ways in which a hop ends. */
export const VERDICTS = [
  "forwarded",
  "finished",
  "aborted",
  "failed",
  "retried",
  "rerouted",
  "dead",
  "paused",
  "canceled",
  "joined",
  "late",
  "double",
] as const;
/** How a hop ended. */
export type Verdict = typeof VERDICTS[number];

/** One hop. */
export interface HopRecord {
  readonly id: string;
  readonly parentId?: string;
  /** The envelope that was submitted, of which this one is a part. */
  readonly root: string;
  readonly actor: string;
  /** Length of `route.prev` on arrival. */
  readonly hop: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** Milliseconds since the epoch: when the host took it, and when everything that it caused was confirmed. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly verdict: Verdict;
  readonly error?: { readonly type: string; readonly message: string };
  /** What it caused: ids, and the queue that each went to. */
  readonly children: readonly { readonly id: string; readonly to: string }[];
  /** Which process did it. */
  readonly host: string;
  /** The payload as it arrived, where it is recorded (and not over the limit of the recorder). */
  readonly payload?: string;
}

/** What was done with an envelope. */
export interface HopDone
  extends Pick<HopRecord, "actor" | "startedAt" | "finishedAt" | "verdict" | "error" | "host"> {
  /** What it caused. */
  readonly sent: readonly { readonly id: string; readonly to: string }[];
  /** A payload up to this many bytes goes into the record. @default 0 */
  readonly recordPayloadBytes?: number;
}

/** The record of what this process has done with an envelope, which is given as it arrived. */
export function hopRecord(envelope: Envelope, { sent, recordPayloadBytes = 0, ...done }: HopDone): HopRecord {
  const { id, parentId, route, status, payload } = envelope;
  return {
    id,
    ...(parentId === undefined ? {} : { parentId }),
    root: rootOf(envelope),
    hop: route.prev.length,
    attempt: attemptOf(status),
    ...done,
    children: sent.map(({ id, to }) => ({ id, to })),
    ...(isWithin(payload, recordPayloadBytes) ? { payload } : {}),
  };
}

/** Whether a text has at most so many bytes. */
function isWithin(text: string, bytes: number): boolean {
  return text.length <= bytes && new TextEncoder().encode(text).length <= bytes;
}
