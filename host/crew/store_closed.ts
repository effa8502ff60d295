/**
 * What a store says when it has been closed.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** Something was asked of a store that has been closed. */
export class StoreClosedError extends TroupeError {
  constructor() {
    super("troupe.StoreClosed", "system", "The store of results is closed");
  }
}
