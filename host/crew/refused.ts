/**
 * What a member of the crew cannot take goes to `x-sump`, with the reason.
 *
 * @module
 */

import { SUMP } from "../actor_name.ts";
import type { TroupeError } from "../errors.ts";
import type { Outgoing } from "../transport/transport.ts";
import { wrapDead } from "./dead_letter.ts";

/** What was refused, and where. */
export interface Refused {
  /** The queue that it is in, or was to go to. */
  readonly queue: string;
  /** Who refuses it. @default the name of the queue */
  readonly actor?: string;
  readonly body: Uint8Array;
  /** @default now */
  readonly at?: Date;
}

/** The message that takes what was refused to `x-sump`. */
export function refused(
  error: TroupeError,
  { queue, actor = queue, body, at = new Date() }: Refused,
): Outgoing {
  return {
    queue: SUMP,
    body: wrapDead({ reason: error.code, message: error.message, queue, actor, at, body }),
  };
}
