/**
 * Why an envelope cannot be taken or sent on, whoever has it in hand.
 *
 * @module
 */

import { TroupeError } from "./errors.ts";

/** An envelope came to the queue of an actor that is not the one whose turn it is. */
export class RouteMismatchError extends TroupeError {
  constructor(actor: string, curr: string) {
    super(
      "troupe.RouteMismatch",
      "user",
      `The envelope is in the queue of ${actor}, but its route.curr is ${JSON.stringify(curr)}: ` +
        `whoever sends it must put the actor's own name there`,
    );
  }
}

/** An envelope is larger than the mesh carries. */
export class EnvelopeTooLargeError extends TroupeError {
  constructor(bytes: number, limit: number) {
    super(
      "troupe.TooLarge",
      "user",
      `The envelope has ${bytes} bytes and the limit is ${limit}: emit less at once, or keep the data elsewhere`,
    );
  }
}

/** The queue that an envelope was to go to does not exist. */
export class NoSuchActorError extends TroupeError {
  constructor(queue: string) {
    super(
      "troupe.NoSuchActor",
      "user",
      `There is no actor ${
        JSON.stringify(queue)
      } in this mesh: correct the route, or deploy the actor and send again`,
    );
  }
}
