/**
 * What is thrown where an image cannot be made.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** The image cannot be made; the message says what is missing, or in the way. */
export class ImageError extends TroupeError {
  constructor(problem: string) {
    super("troupe.Image", "user", `The image cannot be made: ${problem}`);
  }
}
