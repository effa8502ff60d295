/**
 * A mistake on a command line.
 *
 * @module
 */

import { TroupeError } from "./errors.ts";

/** The command line asks for something that cannot be; nothing was done. */
export class UsageError extends TroupeError {
  /**
   * @param message What is wrong and what to write instead.
   * @param options `cause`: the error beneath, if there is one.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("troupe.Usage", "user", message, options);
  }
}
