/**
 * Which transport a mesh's state belongs to, as it is noted beside it: so that commands find its queues, and that nobody
 * starts it on other queues by mistake while envelopes wait in these.
 *
 * @module
 */

import { TroupeError } from "@troupe/host/errors";
import { dirname } from "@std/path";

/** What stands for the embedded transport in the state's own folder. */
export const EMBEDDED = "embedded";

/** The state belongs to a mesh on another transport. */
export class OtherTransportError extends TroupeError {
  /** @param note The file in which the transport is noted. */
  constructor(note: string, { noted, wanted }: { readonly noted: string; readonly wanted: string }) {
    super(
      "troupe.OtherTransport",
      "user",
      `The state in ${
        dirname(note)
      } belongs to a mesh on ${noted}, where envelopes may wait, and not on ${wanted}: ` +
        `name that transport, or another folder with --data; to move the state, work off what waits ` +
        `(troupe up DIR --until-idle --transport ${noted}) and remove ${note}`,
    );
  }
}
