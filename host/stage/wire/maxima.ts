/**
 * What a sandbox may say, and how long each of it may be.
 *
 * @module
 */

import type { Limits } from "../../limits.ts";
import { REPORT_BYTES } from "../../sandbox/hardening/report.ts";
import { longestText } from "../allowance.ts";
import { ASK_BYTES, ASK_OVERHEAD_BYTES } from "./ask.ts";
import { CALL_OVERHEAD_BYTES } from "./call.ts";
import { FAILURE_BYTES } from "./failure.ts";
import { FrameType } from "./frames.ts";

/** Longest reason that a sandbox may tell, in bytes. */
const REASON_BYTES = 64 * 1024;

/** The longest body of each type of frame that may come from a sandbox, in bytes. */
export function frameMaxima(limits: Limits): ReadonlyMap<number, number> {
  return new Map<number, number>([
    [FrameType.Started, REPORT_BYTES],
    [FrameType.Ready, 0],
    [FrameType.NotReady, REASON_BYTES],
    [FrameType.Entered, 0],
    [FrameType.Prepared, 0],
    // Strings in UTF-16 become longer when they are told in UTF-8.
    [FrameType.Call, 2 * longestText(limits) + CALL_OVERHEAD_BYTES],
    [FrameType.Returned, limits.emittedBytes],
    [FrameType.ReturnedNone, 0],
    [FrameType.Failed, FAILURE_BYTES],
    [FrameType.Ask, ASK_BYTES + ASK_OVERHEAD_BYTES],
    [FrameType.Waiting, 0],
    [FrameType.Abandoned, 0],
  ]);
}
