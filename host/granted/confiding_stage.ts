/**
 * A stage whose actor was given secrets: they are hidden in what it says of its failures.
 *
 * @module
 */

import type { Failure } from "../hop.ts";
import type { Stage } from "../stage/stage.ts";

/** @param hide Hides secrets in a text; see `config.ts`. */
export function confidingStage(stage: Stage, hide: (text: string) => string): Stage {
  return {
    pids: () => stage.pids(),
    close: (options) => stage.close(options),
    async run(envelope) {
      const result = await stage.run(envelope);
      return result.ok ? result : { ok: false, failure: hidden(result.failure, hide) };
    },
  };
}

function hidden(failure: Failure, hide: (text: string) => string): Failure {
  const { message, traceback, details } = failure;
  return {
    ...failure,
    message: hide(message),
    ...(traceback === undefined ? {} : { traceback: hide(traceback) }),
    ...(details === undefined ? {} : { details: hide(details) }),
  };
}
