/**
 * What is done about a hop that failed.
 *
 * @module
 */

import type { Failure } from "./hop.ts";

/** `sink`: it is over, failed. `sump`: it could not be processed. `retry`: once more. */
export type Disposition = "sink" | "sump" | "retry";

/** An actor says with this type that trying again is of no use. */
export const FATAL = "troupe.Fatal";
/** An actor says with this type that it wants to be tried again later. */
export const RETRY_AFTER = "troupe.RetryAfter";
/** The sandbox let something pass that the host refuses. */
export const STAGE_VIOLATION = "troupe.StageViolation";

/**
 * What becomes of an envelope whose hop failed (envelope.md, "Failure of a hop").
 *
 * @param failure The failure.
 * @param options `attempt`: 1 for the first.
 */
export function disposition(failure: Failure, { attempt }: { readonly attempt: number }): Disposition {
  switch (failure.type) {
    case FATAL:
      return "sump";
    case STAGE_VIOLATION:
      return attempt < 2 ? "retry" : "sump";
    default:
      return "sink";
  }
}

/** A failure as a guest tells it. */
export interface GuestFailure {
  readonly kind: string;
  readonly lineage: readonly string[];
  readonly message: string;
  readonly traceback?: string;
  readonly details?: string;
}

/**
 * A guest's failure, with names that cannot pose as the platform's: `troupe.Timeout` becomes `guest.troupe.Timeout`. The
 * two that are meant for guests stay.
 */
export function guestFailure({ kind, lineage, message, traceback, details }: GuestFailure): Failure {
  return {
    type: guestName(kind),
    mro: lineage.map(guestName),
    message,
    ...(traceback === undefined ? {} : { traceback }),
    ...(details === undefined ? {} : { details }),
  };
}

function guestName(name: string): string {
  return name.startsWith("troupe.") && name !== FATAL && name !== RETRY_AFTER ? `guest.${name}` : name;
}
