/**
 * Where slices of fan-outs are collected. One interface; each technology in its own file.
 *
 * @module
 */

import type { Page } from "./store.ts";

/** Which slice of which fan-out. */
export interface SlicePlace {
  /** The fan-out, within one execution of those around it: see `fanKey`. */
  readonly g: string;
  /** Its execution. */
  readonly run: string;
  /** Which slice. */
  readonly i: number;
  /** Of how many. */
  readonly n: number;
}

/** Something that settles a slice. */
export interface SliceArrival extends SlicePlace {
  /** `slice`: it has come to the join. `end`: it ended elsewhere. */
  readonly kind: "slice" | "end";
  /** The slice's own id. */
  readonly id: string;
  /** The envelope, or the message that tells of its end. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The fan-out's origin and root, for people. */
  readonly origin: string;
  readonly root: string;
  /** So many slices are enough. The first slice of a fan-out that says so decides. @default all */
  readonly quorum?: number;
  /** When what has come is enough, in milliseconds since the epoch. The first slice decides. @default never */
  readonly dueAt?: number;
}

/** What names an arrival as the one that ended a join. */
export function arrivalName({ run, i, kind }: SliceArrival): string {
  return JSON.stringify([run, i, kind]);
}

/** Names the time as what ended a join, in the place of an arrival. */
export const TIME_NAME = "time";

/** What is there of one execution of a fan-out. */
export interface RunCount {
  readonly run: string;
  readonly n: number;
  /** Slices that have come. */
  readonly arrived: number;
  /** Slices that ended elsewhere. */
  readonly ended: number;
}

/** Why a join is over. */
export type JoinCause = "all" | "quorum" | "timeout";

/** A slice, as it is put into what is joined. */
export interface HeldSlice extends Pick<SliceArrival, "i" | "kind" | "id" | "body"> {}

/** A fan-out that is over, to be put together. */
export interface JoinWork {
  readonly g: string;
  readonly run: string;
  readonly n: number;
  readonly cause: JoinCause;
  /** So many slices were wanted. */
  readonly quorum?: number;
  /** What is there of that execution, in the order of the slices. */
  readonly slices: readonly HeldSlice[];
}

/** What a join sends on, frozen. */
export interface JoinOutput {
  /** Id of the envelope in it. */
  readonly id: string;
  /** The queue that it goes to; empty when a join at which nothing came sends nothing. */
  readonly to: string;
  readonly body: Uint8Array;
}

/** How slices are judged and put together. Pure, quick, and called within a transaction, perhaps more than once. */
export interface JoinRules {
  /** Which execution is over, if one is. */
  decide(
    runs: readonly RunCount[],
    state: { readonly quorum?: number; readonly due: boolean },
  ): { readonly run: string; readonly cause: JoinCause } | undefined;
  /** What it sends on. */
  build(work: JoinWork): JoinOutput;
}

/**
 * What became of an arrival.
 * - `held`: it waits for the others.
 * - `joined`: with it the join is over; `output` is what goes on, until {@linkcode Joining.sent} has noted that it did.
 * - `double`: this slice was there, or another execution of it went on.
 * - `late`: the join went on without it.
 * - `told`: an end of a slice that changes nothing.
 */
export interface ArrivalVerdict {
  readonly verdict: "held" | "joined" | "double" | "late" | "told";
  readonly output?: JoinOutput;
}

/** A quorum that no fan-out has: all slices are wanted, and fewer than all are too few also when time is over. */
export const EVERY_SLICE = 2 ** 31 - 1;

/** A fan-out that is collected, and has not got what it waits for. */
export interface OpenJoin extends Pick<JoinGroup, "g" | "origin" | "root" | "beganAt" | "quorum" | "dueAt"> {
  /** When something came to it last, in milliseconds since the epoch. */
  readonly lastAt: number;
  /** Of the execution of which most is there: how many slices it has, and how many of them came, or ended elsewhere. */
  readonly n: number;
  readonly arrived: number;
  readonly ended: number;
  /** Slices of it that nothing is known of. */
  readonly missing: readonly number[];
}

/** Which slice is there, and since when. */
export interface SliceMark extends Pick<SliceArrival, "run" | "i" | "n" | "kind" | "at"> {}

/**
 * Says what a fan-out lacks.
 *
 * @param slices What is there, in the order in which it came.
 *
 * @example
 * ```ts
 * import { openJoin } from "@troupe/host/crew/joining";
 * import { assertEquals } from "@std/assert";
 *
 * const group = { g: "g", origin: "1", root: "1", beganAt: 5, joined: 0, missing: [], late: 0, doubles: 0 };
 * const { missing, lastAt } = openJoin(group, [{ run: "r", i: 1, n: 3, kind: "slice", at: 7 }]);
 * assertEquals([missing, lastAt], [[0, 2], 7]);
 * ```
 */
export function openJoin(group: JoinGroup, slices: readonly SliceMark[]): OpenJoin {
  const { g, origin, root, beganAt, quorum, dueAt } = group;
  const runs = [...Map.groupBy(slices, ({ run }) => run).values()].toSorted((a, b) => b.length - a.length);
  const there = runs[0] ?? [];
  const n = there[0]?.n ?? 0;
  const settled = new Set(there.map(({ i }) => i));
  const arrived = there.filter(({ kind }) => kind === "slice").length;
  return {
    g,
    origin,
    root,
    beganAt,
    ...(quorum === undefined ? {} : { quorum }),
    ...(dueAt === undefined ? {} : { dueAt }),
    lastAt: slices.reduce((last, { at }) => Math.max(last, at), beganAt),
    n,
    arrived,
    ended: there.length - arrived,
    missing: Array.from({ length: n }, (_, i) => i).filter((i) => !settled.has(i)),
  };
}

/** A fan-out that is or was collected. */
export interface JoinGroup {
  readonly g: string;
  readonly origin: string;
  readonly root: string;
  readonly beganAt: number;
  readonly quorum?: number;
  readonly dueAt?: number;
  /** When and why it was over; absent while it is collected. */
  readonly endedAt?: number;
  readonly cause?: JoinCause;
  /** Slices that went on, and those that did not though they were waited for. */
  readonly joined: number;
  readonly missing: readonly number[];
  /** Slices that came when it was over, without which it went on. */
  readonly late: number;
  /** Slices that came more than once, in one execution or in several. */
  readonly doubles: number;
}

/**
 * Slices. Every write is one transaction on its fan-out, durable when its promise resolves: among several processes one
 * arrival finds the join over, and what it sends on is frozen in that transaction. The same again changes nothing but the
 * counts of late and double slices.
 */
export interface Joining {
  /** Takes an arrival. */
  arrive(arrival: SliceArrival, rules: JoinRules): Promise<ArrivalVerdict>;
  /** Ends a join whose time is over. Nothing when it is not known, not due, or over since long. */
  expire(
    g: string,
    options: { readonly now: number; readonly rules: JoinRules },
  ): Promise<ArrivalVerdict | undefined>;
  /** Notes that what was joined is safe in its queue, and keeps the slices no longer. */
  sent(g: string, now: number): Promise<void>;
  group(g: string): Promise<JoinGroup | undefined>;
  /** Those of a submitted envelope, oldest first. */
  groups(root: string): Promise<JoinGroup[]>;
  /** Fan-outs that are collected, oldest first. */
  open(filter?: { readonly limit?: number; readonly after?: number }): Promise<Page<OpenJoin>>;
  /**
   * Gives up joins that wait without end: their time is over now, and all slices are wanted where no quorum is. It is done
   * to those to which nothing has come since a moment, and of whose submission nothing waits for an answer.
   *
   * @returns How many.
   */
  giveUp(before: number, options: { readonly now: number }): Promise<number>;
  /** Fan-outs that are collected and whose time is over, longest due first. */
  due(now: number, limit: number): Promise<string[]>;
  /** When something becomes due next, after a moment; undefined when nothing will. */
  nextDue(after: number): Promise<number | undefined>;
  /** Forgets joins that were over before a moment, and whose output is sent on. @returns How many. */
  forget(before: number): Promise<number>;
}
