/**
 * The record of one hop: what `trace` and `top` are made of. Broadcast by hosts, best effort; losing one never affects
 * an envelope.
 *
 * @module
 */

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
