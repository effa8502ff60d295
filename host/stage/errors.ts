/**
 * Why a stage cannot run hops.
 *
 * @module
 */

import { TroupeError } from "../errors.ts";

/** The stage was closed before a hop was begun, or at once. */
export class StageClosedError extends TroupeError {
  constructor(actor: string) {
    super("troupe.StageClosed", "system", `The stage of ${actor} is closed`);
  }
}

/** No sandbox can be made to run: the component is at fault, or the machine. */
export class StageBrokenError extends TroupeError {
  constructor(actor: string, detail: string, options?: ErrorOptions) {
    super("troupe.StageBroken", "system", `The component of ${actor} does not run: ${detail}`, options);
  }
}

/** A component cannot be instantiated, or not within its limits. */
export class ComponentStartError extends TroupeError {
  constructor(detail: string, options?: ErrorOptions) {
    super("troupe.ComponentStart", "user", `The component cannot be instantiated: ${detail}`, options);
  }
}
