/**
 * What can be wrong with a transport that its user can act on.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** Something was asked of a transport that has been closed. */
export class TransportClosedError extends TroupeError {
  constructor(name: string) {
    super("troupe.TransportClosed", "system", `The ${name} transport is closed`);
  }
}

/** A queue was to be consumed that has not been declared. */
export class NoSuchQueueError extends TroupeError {
  constructor(queue: string) {
    super("troupe.NoSuchQueue", "user", `There is no queue ${JSON.stringify(queue)}: declare it first`);
  }
}
